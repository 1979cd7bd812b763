#!/bin/sh
# Build a scaffold with the lowest versions that pyproject.toml allows, and verify it: sh tests/tools/lowest.sh
set -eu
folder=build/lowest
rm -rf "$folder"
.venv/bin/python -m venv "$folder/venv"
.venv/bin/python -m tests.tools.lowest > "$folder/constraints.txt"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$folder/constraints.txt" --editable .
.venv/bin/cookiecutter . --no-input --output-dir "$folder" repo_name=town
"$folder/venv/bin/mkdocs" build --quiet --config-file "$folder/town/mkdocs.yml"
"$folder/venv/bin/policywright" verify "$folder/town/site" "$folder/town"
