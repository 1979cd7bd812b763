"""The press writes: a draft becomes pages of Markdown."""
