"""Answers that people give in a browser or a terminal: how they come into the files, and the server on this machine."""
