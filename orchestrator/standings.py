"""Who has done how well at what: a fold over settlements, taken when an announcement closes."""

from collections.abc import Iterable

from protocols.contract import Settlement
from protocols.mechanism import Standing, Standings
from protocols.messages import Award, Lot, Participant
from protocols.units import WorkerId
from scoring.recalibration import Recalibrator
from scoring.reputation import Standing as Reputation

ENOUGH = 25
"""So many outcomes of a worker at one kind make a map of their own; before, all kinds share one."""

_IDENTITY = (1.0, 0.0)


class StandingBook:
    """The reputations of all workers by kind of task, and what their reports deserve.

    Settlements are taken in the order of the lots of an announcement, and announcements close in
    their order, so the book never depends on which task happened to finish first.

    Args:
        recalibrate: Whether to learn maps from reports to forecasts, for mechanisms that award by
            forecasts; a map costs more than the rest of the book.
    """

    def __init__(self, *, recalibrate: bool = False) -> None:
        self._reputations: dict[tuple[WorkerId, str], Reputation] = {}
        self._by_worker = Recalibrator() if recalibrate else None
        self._by_kind = Recalibrator() if recalibrate else None

    def note(self, lot: Lot, award: Award, settlement: Settlement) -> None:
        """Take one settlement in."""
        worker, success = settlement.worker, settlement.success
        key = (worker, lot.kind)
        reputation = self._reputations.get(key) or Reputation()
        self._reputations[key] = reputation.updated(success, score=settlement.score)
        if self._by_worker is not None and self._by_kind is not None:
            report = award.contract.report
            self._by_worker.observe(worker, report, success)
            self._by_kind.observe(f"{worker}\t{lot.kind}", report, success)

    def reputation(self, worker: WorkerId, kind: str) -> Reputation:
        """Return what is known of a worker at a kind of task."""
        return self._reputations.get((worker, kind)) or Reputation()

    def snapshot(self, lots: Iterable[Lot], participants: Iterable[Participant]) -> Standings:
        """Return what a mechanism may know about these participants at these lots.

        Who has no standing yet is left out, unless reports are recalibrated: a newcomer's reports
        are then read like those of the others.
        """
        kinds = dict.fromkeys(lot.kind for lot in lots)  # a set has another order every time
        known = self._reputations
        recalibrates = self._by_worker is not None
        return {
            (worker, kind): self._standing(worker, kind)
            for worker in (participant.worker for participant in participants)
            for kind in kinds
            if recalibrates or (worker, kind) in known
        }

    def _standing(self, worker: WorkerId, kind: str) -> Standing:
        slope, intercept = self._map(worker, kind)
        quality = self.reputation(worker, kind).mean()
        return Standing(quality=quality, slope=slope, intercept=intercept)

    def _map(self, worker: WorkerId, kind: str) -> tuple[float, ...]:
        if self._by_worker is None or self._by_kind is None:
            return _IDENTITY
        own = self._by_kind.recalibration(f"{worker}\t{kind}")
        if own.count < ENOUGH:
            own = self._by_worker.recalibration(worker)
        return own.coefficients
