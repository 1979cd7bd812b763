"""Answers that people give in a browser or a terminal: what a form knows, and how its answers come into the files."""
