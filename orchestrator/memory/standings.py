"""Who has done how well at what: a fold over settlements, taken when an announcement closes."""

from collections.abc import Iterable

from orchestrator.memory.deposits import Deposits
from protocols.contract import Settlement
from protocols.mechanism import Mechanism, Standing, Standings
from protocols.messages import Announcement, Award, Lot, Participant
from protocols.units import Money, WorkerId
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
        deposits: What workers can be charged, for mechanisms that ask for it; else nothing limits
            it.
    """

    def __init__(self, *, recalibrate: bool = False, deposits: Deposits | None = None) -> None:
        self._reputations: dict[tuple[WorkerId, str], Reputation] = {}
        self._least_costs: dict[tuple[WorkerId, str], Money] = {}
        self._deposits = deposits
        self._by_worker = Recalibrator() if recalibrate else None
        self._by_kind = Recalibrator() if recalibrate else None

    def note(self, lot: Lot, award: Award, settlement: Settlement) -> None:
        """Take one settlement in."""
        worker, success = settlement.worker, settlement.success
        key = (worker, lot.kind)
        reputation = self._reputations.get(key) or Reputation()
        self._reputations[key] = reputation.updated(success, score=settlement.score)
        self._least_costs[key] = min(settlement.cost, self._least_costs.get(key, settlement.cost))
        if self._deposits is not None:
            self._deposits.note(worker, settlement.payment)
        if self._by_worker is not None and self._by_kind is not None:
            report = award.contract.report
            self._by_worker.observe(worker, report, success)
            self._by_kind.observe(f"{worker}\t{lot.kind}", report, success)

    def charge(self, worker: WorkerId, amount: Money) -> None:
        """Take a penalty in, for an award that a worker did not take up."""
        if self._deposits is not None:
            self._deposits.note(worker, Money(-amount))

    def reputation(self, worker: WorkerId, kind: str) -> Reputation:
        """Return what is known of a worker at a kind of task."""
        return self._reputations.get((worker, kind)) or Reputation()

    def open(self, announcement: Announcement) -> Standings:
        """Return what a mechanism may know when it clears this announcement."""
        known = self.snapshot(announcement.lots, announcement.participants)
        if self._deposits is None:
            return known
        parts = self._deposits.pledge(announcement.participants)
        kinds = dict.fromkeys(lot.kind for lot in announcement.lots)
        return {
            (worker, kind): (known.get((worker, kind)) or self._standing(worker, kind)).model_copy(
                update={"balance": part}
            )
            for worker, part in parts.items()
            for kind in kinds
        }

    def close(self) -> None:
        """Close the oldest open announcement, once its settlements are noted."""
        if self._deposits is not None:
            self._deposits.close()

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
        least = self._least_costs.get((worker, kind))
        return Standing(quality=quality, slope=slope, intercept=intercept, least_cost=least)

    def _map(self, worker: WorkerId, kind: str) -> tuple[float, ...]:
        if self._by_worker is None or self._by_kind is None:
            return _IDENTITY
        own = self._by_kind.recalibration(f"{worker}\t{kind}")
        if own.count < ENOUGH:
            own = self._by_worker.recalibration(worker)
        return own.coefficients


def standing_book(mechanism: Mechanism, at_once: int) -> StandingBook:
    """Return an empty book that keeps what a mechanism reads, and no more than that.

    Args:
        mechanism: Its attribute ``forecast`` says whether it awards by recalibrated reports, and
            ``deposit`` what every worker has deposited at the start, if it asks for deposits.
        at_once: The most announcements that are open at once.
    """
    start: Money | None = getattr(mechanism, "deposit", None)
    return StandingBook(
        recalibrate=getattr(mechanism, "forecast", "raw") == "recalibrated",
        deposits=None if start is None else Deposits(start, at_once),
    )
