"""One announcement, from its lots to their settlements; begin with `lifecycle`."""
