"""Who has done how well at what: a fold over settlements, taken when an announcement closes."""

from collections.abc import Iterable

from protocols.contract import Settlement
from protocols.mechanism import Standing, Standings
from protocols.messages import Lot, Participant
from protocols.units import WorkerId
from scoring.reputation import Standing as Reputation


class StandingBook:
    """The reputations of all workers by kind of task.

    Settlements are taken in the order of the lots of an announcement, and announcements close in
    their order, so the book never depends on which task happened to finish first.
    """

    def __init__(self) -> None:
        self._reputations: dict[tuple[WorkerId, str], Reputation] = {}

    def note(self, lot: Lot, settlement: Settlement) -> None:
        """Take one settlement in."""
        key = (settlement.worker, lot.kind)
        reputation = self._reputations.get(key) or Reputation()
        self._reputations[key] = reputation.updated(settlement.success, score=settlement.score)

    def reputation(self, worker: WorkerId, kind: str) -> Reputation:
        """Return what is known of a worker at a kind of task."""
        return self._reputations.get((worker, kind)) or Reputation()

    def snapshot(self, lots: Iterable[Lot], participants: Iterable[Participant]) -> Standings:
        """Return what a mechanism may know about these participants at these lots."""
        kinds = {lot.kind for lot in lots}
        known = self._reputations
        return {
            key: Standing(quality=known[key].mean())
            for participant in participants
            for kind in kinds
            if (key := (participant.worker, kind)) in known
        }
