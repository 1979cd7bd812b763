"""The MkDocs adapter; only here is mkdocs imported."""
