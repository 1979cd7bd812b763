"""Writes the jobs of a forge that read the agencies of a list on several machines and join what they found."""

from __future__ import annotations

FORGES = ("gitlab", "github")

_GITLAB = """\
# Written by “policywright portfolio --jobs gitlab”. The repositories of the agencies are submodules of this one.
variables:
  GIT_SUBMODULE_STRATEGY: recursive
  NO_MKDOCS_2_WARNING: "1"

default:
  image: python:3.12-slim
  before_script:
    - pip install --quiet --requirement requirements.txt

states:
  stage: build
  parallel: {count}
  script:
    - policywright portfolio --list {name} --shard "$CI_NODE_INDEX/$CI_NODE_TOTAL" --states states
  artifacts:
    paths: [states]
    expire_in: 1 week

portfolio:
  stage: deploy
  needs: [states]
  script:
    - policywright portfolio --list {name} --states states --out public || test $? -eq 1
  artifacts:
    paths: [public]
    expire_in: 1 month
"""
_GITHUB = """\
# Written by “policywright portfolio --jobs github”. The repositories of the agencies are submodules of this one.
# GitHub Enterprise Server and Gitea need older actions for artifacts: see “How-to: Several agencies”.
name: Portfolio
on:
  push:
  schedule:
    - cron: "17 5 * * *"

env:
  NO_MKDOCS_2_WARNING: "1"

jobs:
  states:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        shard: [{shards}]
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {{submodules: recursive}}
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with: {{python-version: "3.12"}}
      - run: pip install --quiet --requirement requirements.txt
      - run: policywright portfolio --list {name} --shard ${{{{ matrix.shard }}}}/{count} --states states
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {{name: "states-${{{{ matrix.shard }}}}", path: states}}

  portfolio:
    needs: states
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with: {{python-version: "3.12"}}
      - run: pip install --quiet --requirement requirements.txt
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with: {{path: states, pattern: "states-*", merge-multiple: true}}
      - run: policywright portfolio --list {name} --states states --out public || test $? -eq 1
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with: {{name: portfolio, path: public}}
"""
PER_MACHINE = 50
"""How many agencies one machine reads: fewer are not worth its start."""


def jobs_of(forge: str, name: str, agencies: int) -> str:
    """Return the file of a forge's jobs for a list with this name and so many agencies."""
    count = max(2, -(-agencies // PER_MACHINE))
    shards = ", ".join(str(number) for number in range(1, count + 1))
    text = _GITLAB if forge == "gitlab" else _GITHUB
    return text.format(count=count, shards=shards, name=name)
