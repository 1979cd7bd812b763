"""A draft becomes Markdown pages, and the finished site is compared with it."""
