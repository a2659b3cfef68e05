"""A journal as tidy tables, as reward traces for training, and as the workflow that it was."""
