"""Files that people edit: read with line and column, checked, edited in place, written atomically."""
