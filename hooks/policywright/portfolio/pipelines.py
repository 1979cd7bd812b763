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
      - uses: actions/checkout@v4
        with: {{submodules: recursive}}
      - uses: actions/setup-python@v5
        with: {{python-version: "3.12"}}
      - run: pip install --quiet --requirement requirements.txt
      - run: policywright portfolio --list {name} --shard ${{{{ matrix.shard }}}}/{count} --states states
      - uses: actions/upload-artifact@v4
        with: {{name: "states-${{{{ matrix.shard }}}}", path: states}}

  portfolio:
    needs: states
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.12"}}
      - run: pip install --quiet --requirement requirements.txt
      - uses: actions/download-artifact@v4
        with: {{path: states, pattern: "states-*", merge-multiple: true}}
      - run: policywright portfolio --list {name} --states states --out public || test $? -eq 1
      - uses: actions/upload-artifact@v4
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
