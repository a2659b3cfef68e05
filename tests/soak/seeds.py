"""Seeds that have shown something once: they are run for ever."""

from collections.abc import Mapping
from typing import Final

FOUND: Final[Mapping[int, str]] = {
    5: "a bid too late for one price of a clock is an answer to the next price, and may be",
    69: "verdicts by gold on copied tasks come after their announcements have closed, and may",
    1018: "a worker that costs more than it said takes the cash below zero: its bill is paid",
    1771: "cash was kept for asking again at a clock whose bidding was on record, and never set free",
    3262: "an award that had ended with a lost call was withdrawn once more when its task was called off",
}
"""What `make soak` reports goes here, with the commit that mends it."""
