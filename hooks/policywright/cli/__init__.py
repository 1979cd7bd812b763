"""The command line; only here is click imported."""
