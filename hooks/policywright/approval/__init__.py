"""Sign-offs, releases and reviews: how a text is approved and what changed since."""
