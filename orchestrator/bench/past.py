"""What a rule would know of the workers had it seen the first part of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from orchestrator.bench.market import nano, score_of
from orchestrator.memory.standings import standing_book
from protocols.contract import Contract, Settlement
from protocols.messages import Award, Failure, Lot, Participant, Result
from protocols.units import ZERO, AnnouncementId, Money, TaskId, WorkerId

if TYPE_CHECKING:
    from orchestrator.bench.dataset import Dataset
    from protocols.mechanism import Mechanism, Standings

_ONE: Final = AnnouncementId("a1")


def learned_standings(mechanism: Mechanism, fit: Dataset) -> Standings:
    """Return what a rule would know of the workers had it seen all outcomes of the first part."""
    book = standing_book(mechanism, 1)
    names = [WorkerId(name) for name in fit.workers]
    lots = [
        Lot(task=TaskId(kind), kind=kind, value=Money(1), reserve=Money(1)) for kind in fit.kinds
    ]
    stated = fit.known & np.isfinite(fit.confidence)
    hears = getattr(mechanism, "confidences", False)
    answered = fit.answered
    for row in np.argsort(fit.order[:, 0]):
        lot = lots[fit.kind[row]]
        for column in np.flatnonzero(fit.known[row] if hears else stated[row]):
            confidence = float(fit.confidence[row, column]) if stated[row, column] else None
            success, cost = float(fit.success[row, column]), nano(float(fit.cost[row, column]))
            award = _award(lot, names[column], confidence or 0.0)
            if hears:
                given = bool(answered[row, column])
                book.hear(lot, award, _report(award, confidence, cost, given=given))
            if confidence is not None:
                book.note(lot, award, _settlement(award, success, cost))
    return book.snapshot(lots, [Participant(worker=name) for name in names])


def _award(lot: Lot, worker: WorkerId, report: float) -> Award:
    return Award(
        announcement=_ONE,
        task=lot.task,
        worker=worker,
        contract=Contract(report=report),
        score=ZERO,
        pivot=ZERO,
    )


def _report(
    award: Award, confidence: float | None, cost: Money, *, given: bool
) -> Result | Failure:
    """Return an answer with its confidence, or that there was none."""
    task, worker = award.task, award.worker
    if not given:
        reason = "no answer"
        return Failure(announcement=_ONE, task=task, worker=worker, reason=reason, cost=cost)
    return Result(
        announcement=_ONE, task=task, worker=worker, answer="", cost=cost, confidence=confidence
    )


def _settlement(award: Award, success: float, cost: Money) -> Settlement:
    return Settlement(
        announcement=_ONE,
        task=award.task,
        worker=award.worker,
        success=success,
        score=score_of(award.contract, success),
        payment=ZERO,
        cost=cost,
    )
