"""An agency's repository: what its files say."""
