"""The standings of a run that was forked: the parent's rule and the new one learn the same past."""

from typing import TYPE_CHECKING

from protocols.contract import Settlement
from protocols.mechanism import Standings
from protocols.messages import Announcement, Award, Failure, Lot, Result
from protocols.units import Money, WorkerId

if TYPE_CHECKING:
    from orchestrator.memory.standings import StandingBook


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

    def hear(self, lot: Lot, award: Award, report: Result | Failure) -> None:
        """Take in how sure a worker was of its answer."""
        self._first.hear(lot, award, report)
        self._second.hear(lot, award, report)

    def note(
        self,
        lot: Lot,
        award: Award,
        settlement: Settlement,
        report: Result | Failure | None = None,
    ) -> None:
        """Take one settlement in, and what the worker had reported."""
        self._first.note(lot, award, settlement, report)
        self._second.note(lot, award, settlement, report)

    def charge(self, worker: WorkerId, amount: Money) -> None:
        """Take a penalty in."""
        self._first.charge(worker, amount)
        self._second.charge(worker, amount)

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
