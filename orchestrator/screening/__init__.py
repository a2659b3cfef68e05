"""Looks through a journal for what would be unlikely if all workers were honest."""
