"""What frames show: typed views of a draft."""
