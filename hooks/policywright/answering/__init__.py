"""Answering in a browser: what a form knows, and how its answers get into people's files."""
