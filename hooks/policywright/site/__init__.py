"""The site opens: the MkDocs adapter and the command line."""
