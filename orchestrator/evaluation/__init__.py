"""What a run came to, and what other choices would have brought."""
