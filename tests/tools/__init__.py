"""Programs beside the tests: run them from the repository's root, for example `python -m tests.tools.bench`."""
