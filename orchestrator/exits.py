"""What the exit codes of the command line mean."""

from typing import Final

DONE: Final = 0
UNSOLVED: Final = 1
"""Tasks were not solved; for an audit, a lie pays more than it may; for screens, something was found."""
BAD_INPUT: Final = 2
BUDGET_REACHED: Final = 3
MISMATCH: Final = 4
HELD: Final = 5
"""A person has to decide before the run can go on, or be closed."""
INTERRUPTED: Final = 130
TERMINATED: Final = 143
