"""Runs the command line as `python -m policywright`."""

from policywright.cli.main import main

if __name__ == "__main__":
    main(prog_name="policywright")
