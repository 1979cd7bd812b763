"""An agency's files move to a newer catalog."""
