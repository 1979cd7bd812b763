"""The tests, sorted by what they need; docs/project/tests.md says which folder holds what."""
