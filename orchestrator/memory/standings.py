"""Who has done how well at what: a fold over settlements, taken when an announcement closes."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from orchestrator.memory.deposits import Deposits
from protocols.contract import Settlement
from protocols.mechanism import Mechanism, Standing, Standings
from protocols.messages import Announcement, Award, Failure, Lot, Participant, Result
from protocols.units import Money, WorkerId
from scoring.recalibration import Recalibrator
from scoring.reputation import Standing as Reputation

_IDENTITY = (1.0, 0.0)


class Ended(Protocol):
    """What a book learns from: how an award has ended."""

    @property
    def report(self) -> Result | Failure | None:
        """What the worker has reported, if it did."""
        ...

    @property
    def owed(self) -> Money:
        """What it got without a settlement; negative where it owes."""
        ...

    @property
    def settlement(self) -> Settlement | None:
        """What was scored and paid, if it was."""
        ...


class StandingBook:
    """The reputations of all workers by kind of task, and what their reports deserve.

    Settlements are taken in the order of the lots of an announcement, and announcements close in
    their order, so the book never depends on which task happened to finish first.

    Args:
        recalibrate: Whether to learn maps from reports to forecasts, for mechanisms that award by
            forecasts; a map costs more than the rest of the book.
        deposits: What workers can be charged, for mechanisms that ask for it; else nothing limits
            it.
        confidences: Whether to count which confidences are stated with answers.
    """

    def __init__(
        self,
        *,
        recalibrate: bool = False,
        deposits: Deposits | None = None,
        confidences: bool = False,
    ) -> None:
        self._reputations: dict[tuple[WorkerId, str], Reputation] = {}
        self._least_costs: dict[tuple[WorkerId, str], Money] = {}
        self._deposits = deposits
        self._maps: dict[str, Recalibrator] | None = {} if recalibrate else None
        self._confidences: dict[tuple[WorkerId, str], Counter[float | None]] | None
        self._confidences = {} if confidences else None

    def learn(self, lot: Lot, award: Award, ended: Ended) -> None:
        """Take in how an award has ended."""
        if ended.report is not None:
            self.hear(lot, award, ended.report)
        if ended.owed:
            self.charge(award.worker, Money(-ended.owed))
        if ended.settlement is not None:
            self.note(lot, award, ended.settlement, ended.report)

    def hear(self, lot: Lot, award: Award, report: Result | Failure) -> None:
        """Take in how sure a worker was of its answer, whether or not that is ever judged."""
        if self._confidences is not None:
            stated = report.confidence if isinstance(report, Result) else 0.0
            heard = self._confidences.setdefault((award.worker, lot.kind), Counter())
            heard[None if stated is None else round(stated, 2)] += 1

    def note(
        self,
        lot: Lot,
        award: Award,
        settlement: Settlement,
        report: Result | Failure | None = None,
    ) -> None:
        """Take one settlement in.

        Args:
            lot: What was to be done.
            award: What was agreed.
            settlement: What came of it.
            report: What the worker reported. Where answers are compared, a map learns from the
                confidence that it states with the answer, and else from the bid.
        """
        worker, success = settlement.worker, settlement.success
        key = (worker, lot.kind)
        reputation = self._reputations.get(key) or Reputation()
        self._reputations[key] = reputation.updated(success, score=settlement.score)
        self._least_costs[key] = min(settlement.cost, self._least_costs.get(key, settlement.cost))
        if self._deposits is not None:
            self._deposits.note(worker, settlement.payment)
        if self._maps is not None and (stated := _stated(award, report)) is not None:
            self._maps.setdefault(lot.kind, Recalibrator()).observe(worker, stated, success)

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
        recalibrates = self._maps is not None
        return {
            (worker, kind): self._standing(worker, kind)
            for worker in (participant.worker for participant in participants)
            for kind in kinds
            if recalibrates or (worker, kind) in known
        }

    def _standing(self, worker: WorkerId, kind: str) -> Standing:
        slope, intercept = self._map(worker, kind)
        quality = self.reputation(worker, kind).mean()
        heard = (self._confidences or {}).get((worker, kind)) or Counter[float | None]()
        return Standing(
            quality=quality,
            slope=slope,
            intercept=intercept,
            least_cost=self._least_costs.get((worker, kind)),
            confidences=tuple(sorted(heard.items(), key=_first)),
        )

    def _map(self, worker: WorkerId, kind: str) -> tuple[float, ...]:
        maps = (self._maps or {}).get(kind)
        return _IDENTITY if maps is None else maps.recalibration(worker).coefficients


def _first(heard: tuple[float | None, int]) -> float:
    """Return a confidence to sort by; unstated ones come first."""
    return -1.0 if heard[0] is None else heard[0]


def _stated(award: Award, report: Result | Failure | None) -> float | None:
    """Return what a map is to be learned from, if anything was stated."""
    if award.stop is None:
        return award.contract.report
    return report.confidence if isinstance(report, Result) else None


def standing_book(mechanism: Mechanism, at_once: int) -> StandingBook:
    """Return an empty book that keeps what a mechanism reads, and no more than that.

    Args:
        mechanism: Its attribute ``forecast`` says whether it awards by recalibrated reports, and
            ``deposit`` what every worker has deposited at the start, if it asks for deposits, and
            ``confidences`` whether it asks for those that are stated with answers.
        at_once: The most announcements that are open at once.
    """
    start: Money | None = getattr(mechanism, "deposit", None)
    return StandingBook(
        recalibrate=getattr(mechanism, "forecast", "raw") == "recalibrated",
        deposits=None if start is None else Deposits(start, at_once),
        confidences=getattr(mechanism, "confidences", False),
    )
