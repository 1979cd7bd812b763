"""The subject matter: content/ read, checked and cached."""
