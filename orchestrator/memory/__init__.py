"""What a run remembers: its journal, its books, and what the past says of workers."""
