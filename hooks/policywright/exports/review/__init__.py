"""Word files that come back: what they propose for each provision, and who proposes it."""
