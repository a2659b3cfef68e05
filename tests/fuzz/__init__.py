"""Bad input by the thousand: see `target.py` for what counts as a crash."""
