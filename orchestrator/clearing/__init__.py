"""An auction in a file: read, checked and cleared."""
