"""Answers without a verifier: copies of a task, their classes, and what agreement is worth."""
