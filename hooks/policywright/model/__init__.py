"""The nouns: dataclasses that every other package uses."""
