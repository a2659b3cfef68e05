"""Who reported the truth, and what it cost those who did not.

Two questions, both answered from the journal alone. What would the same outcomes have paid if the
worker had reported its realised success rate at each kind of task? That is the stake part of its
loss. And which awards would it have had? That is asked of the mechanism itself, by
`orchestrator.evaluation.counterfactual`.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from orchestrator.evaluation.counterfactual import counterfactuals
from orchestrator.evaluation.totals import Mean, amount
from protocols.events import Allocated, Announced, Closed, Settled
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from orchestrator.evaluation.counterfactual import Counterfactual
    from orchestrator.memory.record import Record
    from protocols.contract import Contract
    from protocols.units import AnnouncementId, TaskId, WorkerId
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
        worker: track for worker, track in _tracks(record).items() if len(track.reports) >= enough
    }
    again = counterfactuals(record, {worker: track.rates() for worker, track in tracks.items()})
    found = [_judge(worker, track, again.get(worker)) for worker, track in tracks.items()]
    return sorted(found, key=lambda each: -each.overstatement)


@dataclass(slots=True)
class _Stake:
    """The stake part of some contracts under one rule, in sums.

    A score is linear in the success, so what another report would have scored needs no more.
    """

    weight: int = 0
    success: float = 0.0
    scored: int = 0

    def gain(self, rule: str, report: float) -> int:
        """Return how much more one and the same report would have been paid."""
        if not self.weight:
            return 0
        mean = min(1.0, self.success / self.weight)
        return round(self.weight * SCORING_RULES[rule].score(report, mean)) - self.scored


@dataclass(slots=True)
class _Track:
    """The settled awards of one worker, in a few bytes each."""

    reports: array[float] = field(default_factory=lambda: array("d"))
    successes: array[float] = field(default_factory=lambda: array("d"))
    means: dict[str, Mean] = field(default_factory=lambda: defaultdict(Mean))
    stakes: dict[tuple[str, str], _Stake] = field(default_factory=lambda: defaultdict(_Stake))

    def add(self, kind: str, contract: Contract, success: float, score: float) -> None:
        """Take one settled award in."""
        self.reports.append(contract.report)
        self.successes.append(success)
        self.means[kind].add(success)
        stake = self.stakes[kind, contract.rule]
        stake.weight += contract.score_weight
        stake.success += contract.score_weight * success
        stake.scored += round(contract.score_weight * score)

    def rates(self) -> dict[str, float]:
        """Return the realised success rate by kind of task."""
        return {kind: min(1.0, mean.value or 0.0) for kind, mean in self.means.items()}

    def stake_loss(self) -> int:
        """Return what those rates would have been paid more for the same outcomes."""
        rates = self.rates()
        return sum(stake.gain(rule, rates[kind]) for (kind, rule), stake in self.stakes.items())


def _tracks(record: Record) -> dict[WorkerId, _Track]:
    tracks: dict[WorkerId, _Track] = defaultdict(_Track)
    kinds: dict[AnnouncementId, dict[TaskId, str]] = {}
    contracts: dict[AnnouncementId, dict[tuple[TaskId, WorkerId], Contract]] = {}
    for entry in record.entries(Announced, Allocated, Settled, Closed):
        match entry.event:
            case Announced(announcement=announcement):
                kinds[announcement.announcement] = {
                    lot.task: lot.kind for lot in announcement.lots if lot.group is None
                }
            case Allocated(allocation=allocation):
                contracts[allocation.announcement] = {
                    (award.task, award.worker): award.contract for award in allocation.awards
                }
            case Settled(settlement=done) if done.task in kinds.get(done.announcement, {}):
                contract = contracts[done.announcement][done.task, done.worker]
                kind = kinds[done.announcement][done.task]
                tracks[done.worker].add(kind, contract, done.success, done.score)
            case Closed(announcement=name):
                kinds.pop(name, None)
                contracts.pop(name, None)
            case _:
                pass  # only what a verifier has settled says anything about a report
    return tracks


def _judge(worker: WorkerId, track: _Track, again: Counterfactual | None) -> Honesty:
    from scoring.corp import corp_decomposition

    reports, successes, count = track.reports, track.successes, len(track.reports)
    return Honesty(
        worker=worker,
        settled=count,
        stated=sum(reports) / count,
        realised=sum(successes) / count,
        error=sqrt(sum(report * (1 - report) for report in reports)) / count,
        corp=corp_decomposition(reports, successes),
        stake_loss=track.stake_loss(),
        counterfactual=again,
    )
