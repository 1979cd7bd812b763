"""Runs the command line as `python -m policywright`."""

import sys

if __name__ == "__main__":
    # With -m, Python looks for modules in the current folder first, and a repository may hold a click.py.
    if not sys.flags.safe_path:
        del sys.path[0]
    from policywright.cli.main import main

    main(prog_name="policywright")
