"""The standings of a run that was forked: the parent's rule and the new one learn the same past."""

from typing import TYPE_CHECKING

from protocols.mechanism import Standings
from protocols.messages import Announcement, Award, Lot

if TYPE_CHECKING:
    from orchestrator.memory.standings import Ended, StandingBook


class Succession:
    """Two books side by side: announcements up to a number are read in the first of them.

    What the two keep differs with the mechanism that reads them (maps from reports to forecasts,
    deposits); what they are told does not.

    Args:
        first: The book of the parent, or books if that is a fork itself.
        second: That of the fork.
        until: The last announcement that the parent has made.
    """

    def __init__(
        self, first: "StandingBook | Succession", second: "StandingBook | Succession", until: int
    ) -> None:
        self._first, self._second, self._until = first, second, until
        self._in_first = 0

    def learn(self, lot: Lot, award: Award, ended: "Ended") -> None:
        """Take in how an award has ended."""
        self._first.learn(lot, award, ended)
        self._second.learn(lot, award, ended)

    def open(self, announcement: Announcement) -> Standings:
        """Return what the mechanism of an announcement may know when it clears it."""
        known = self._second.open(announcement)
        if announcement.number > self._until:
            return known
        self._in_first += 1
        return self._first.open(announcement)

    def close(self) -> None:
        """Close the oldest open announcement, once its settlements are noted."""
        self._second.close()
        if self._in_first:
            self._in_first -= 1
            self._first.close()
