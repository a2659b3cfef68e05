"""Who reported the truth, and what it cost those who did not.

Two questions, both answered from the journal alone. What would the same outcomes have paid if the
worker had reported its realised success rate at each kind of task? That is the stake part of its
loss. And which awards would it have had? That is asked of the mechanism itself, by
`orchestrator.counterfactual`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.counterfactual import counterfactuals, pay
from orchestrator.totals import Mean, amount
from protocols.events import Allocated, Announced, Settled

if TYPE_CHECKING:
    from orchestrator.counterfactual import Counterfactual
    from orchestrator.record import Record
    from protocols.contract import Contract
    from protocols.messages import Award
    from protocols.units import AnnouncementId, Money, TaskId, WorkerId
    from scoring.corp import Corp

ENOUGH: Final = 8
"""From so many settled awards on something is said about a worker."""

SURE: Final = 2.0
"""So many standard errors make a difference between stated and realised success one that counts."""


@dataclass(frozen=True, slots=True)
class Honesty:
    """What the reports of one worker were worth.

    Attributes:
        worker: Its name.
        settled: How many of its awards were settled.
        stated: Its mean report on them.
        realised: Its mean verified success on them.
        error: The standard error of the realised success, were every report true:
            ``sqrt(sum p (1 - p)) / n``.
        corp: The decomposition of its mean quadratic score; where every success is 0 or 1 that is
            minus its Brier score.
        stake_loss: What the same outcomes would have paid more under its realised success rate at
            each kind, in nano-units; negative where its reports told more than the rate.
        counterfactual: What would have become of its awards under that rate; ``None`` where the
            mechanism was given in code.
    """

    worker: WorkerId
    settled: int
    stated: float
    realised: float
    error: float
    corp: Corp
    stake_loss: int
    counterfactual: Counterfactual | None

    @property
    def overstatement(self) -> float:
        """How much more it stated than came true; negative where it understated."""
        return self.stated - self.realised

    @property
    def verdict(self) -> str:
        """Whether chance explains the difference between stated and realised success."""
        if abs(self.overstatement) <= SURE * self.error:
            return "in line"
        return "overconfident" if self.overstatement > 0 else "underconfident"

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        again = self.counterfactual
        return {
            "worker": self.worker,
            "settled": self.settled,
            "stated": self.stated,
            "realised": self.realised,
            "error": self.error,
            "verdict": self.verdict,
            "quadratic_loss_lower_is_better": -self.corp.mean_score,
            "miscalibration": self.corp.miscalibration,
            "discrimination": self.corp.discrimination,
            "uncertainty": self.corp.uncertainty,
            "stake_loss": amount(self.stake_loss),
            "with_honest_reports": None if again is None else again.to_data(),
        }


def honesty(record: Record, *, enough: int = ENOUGH) -> list[Honesty]:
    """Say for each worker with enough settled awards how honest its reports were.

    Args:
        record: The journal of a run.
        enough: The fewest settled awards from which something is said.

    Returns:
        One entry per worker, the most overconfident first.

    Raises:
        JournalError: If the journal cannot be read.
    """
    tracks = {
        worker: track for worker, track in _tracks(record).items() if len(track.settled) >= enough
    }
    rates = {worker: track.rates() for worker, track in tracks.items()}
    again = counterfactuals(record, rates)
    found = [
        _judge(worker, track, rates[worker], again.get(worker)) for worker, track in tracks.items()
    ]
    return sorted(found, key=lambda each: -each.overstatement)


class _Settled(NamedTuple):
    kind: str
    contract: Contract
    success: float
    cost: Money


@dataclass(slots=True)
class _Track:
    """The settled awards of one worker."""

    settled: list[_Settled] = field(default_factory=list[_Settled])

    def rates(self) -> dict[str, float]:
        means: dict[str, Mean] = {}
        for each in self.settled:
            means.setdefault(each.kind, Mean()).add(each.success)
        return {kind: min(1.0, mean.value or 0.0) for kind, mean in means.items()}


def _tracks(record: Record) -> dict[WorkerId, _Track]:
    tracks: dict[WorkerId, _Track] = {}
    kinds: dict[TaskId, str] = {}
    awards: dict[tuple[AnnouncementId, TaskId, WorkerId], Award] = {}
    for entry in record.entries():
        match entry.event:
            case Announced(announcement=announcement):
                kinds |= {lot.task: lot.kind for lot in announcement.lots}
            case Allocated(allocation=allocation):
                for award in allocation.awards:
                    awards[award.announcement, award.task, award.worker] = award
            case Settled(settlement=done):
                award = awards.pop((done.announcement, done.task, done.worker))
                settled = _Settled(kinds[done.task], award.contract, done.success, done.cost)
                tracks.setdefault(done.worker, _Track()).settled.append(settled)
            case _:
                pass  # only what was settled says anything about a report
    return tracks


def _judge(
    worker: WorkerId, track: _Track, rates: dict[str, float], again: Counterfactual | None
) -> Honesty:
    from scoring.corp import corp_decomposition

    reports = [each.contract.report for each in track.settled]
    successes = [each.success for each in track.settled]
    count = len(reports)
    return Honesty(
        worker=worker,
        settled=count,
        stated=sum(reports) / count,
        realised=sum(successes) / count,
        error=sqrt(sum(report * (1 - report) for report in reports)) / count,
        corp=corp_decomposition(reports, successes),
        stake_loss=sum(_stake_loss(each, rates[each.kind]) for each in track.settled),
        counterfactual=again,
    )


def _stake_loss(settled: _Settled, rate: float) -> int:
    contract, success, cost = settled.contract, settled.success, settled.cost
    honest = pay(contract, rate, success, cost)
    return honest - pay(contract, contract.report, success, cost)
