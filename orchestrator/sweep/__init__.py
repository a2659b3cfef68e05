"""One workflow under many settings: a journal for each, and one table that compares them."""
