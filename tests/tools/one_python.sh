#!/bin/sh
# Run the fast tests with one version of Python, in an environment of its own: sh tests/tools/one_python.sh 3.12
set -eu
version=$1
python=$(command -v "python$version" || ls -d "$HOME"/.pyenv/versions/"$version".*/bin/python 2>/dev/null | tail -n 1)
"$python" -c 'pass' 2>/dev/null || python=$(ls -d "$HOME"/.pyenv/versions/"$version".*/bin/python | tail -n 1)
folder="build/python-$version"
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
echo "Python $version"
PATH="$PWD/$folder/bin:$PATH" "$folder/bin/python" -m pytest -m "not slow and not browser"
