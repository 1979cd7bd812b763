"""Files that people edit: read with line and column, checked, changed by the line, written whole."""
