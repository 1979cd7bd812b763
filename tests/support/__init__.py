"""What several test files share; it exists once, here."""
