"""Whole runs under faults that a seed decides: see `soak.py`."""
