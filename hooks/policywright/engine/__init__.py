"""The engine thinks: a catalog and an agency's answers become a draft."""
