"""Little jobs that a program does exactly: what a function worker of a configuration can do.

Each skill takes a prompt in plain words and returns the answer, or raises ``ValueError`` when it
does not understand the prompt.
"""

from collections.abc import Callable
from typing import Final

from workers.skills.arithmetic import arithmetic
from workers.skills.dates import dates
from workers.skills.numerals import numerals
from workers.skills.text import text
from workers.skills.units import units

SKILLS: Final[dict[str, Callable[[str], str]]] = {
    "arithmetic": arithmetic,
    "dates": dates,
    "numerals": numerals,
    "text": text,
    "units": units,
}
"""Configuration name -> skill."""
