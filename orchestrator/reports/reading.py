"""Reads a journal once for everything that its report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.evaluation.honesty import honesty
from orchestrator.evaluation.summary import Summary
from orchestrator.reports.agreement import Agreement
from orchestrator.reports.anomalies import Anomalies
from orchestrator.reports.bid_calls import BidCalls
from orchestrator.reports.plan_story import PlanStory
from orchestrator.reports.story import Stories
from orchestrator.reports.tasks import Tasks
from orchestrator.reports.timeline import Timeline
from orchestrator.screening.screens import screen
from protocols.events import TaskEnded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.totals import WorkerTotals
    from orchestrator.memory.record import Record
    from orchestrator.screening.screens import Screening

MOST_AUCTIONS: Final = 500
"""So many auctions are explained."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a report is made from.

    Attributes:
        summary: The totals.
        timeline: How money and scores went.
        stories: The auctions.
        tasks: What became of each task.
        agreement: Which workers gave the same answers.
        bid_calls: What asking for bids has cost.
        anomalies: What went otherwise than agreed.
        planning: How the plan came about.
        honest: The workers about whose reports something can be said.
        compared: What other rules would have brought, if that is known.
        screened: What would be unlikely among honest workers.
        head: The number and the hash of the last entry.
        times: When the first and the last entry were written, in seconds since 1970.
    """

    summary: Summary
    timeline: Timeline
    stories: Stories
    tasks: Tasks
    agreement: Agreement
    bid_calls: BidCalls
    anomalies: Anomalies
    planning: PlanStory
    honest: Sequence[Honesty]
    compared: Baselines | None
    screened: Screening
    head: tuple[int, str]
    times: tuple[float, float]

    @property
    def ranked(self) -> list[WorkerTotals]:
        """The workers, most awards first."""
        return sorted(self.summary.workers.values(), key=lambda worker: -worker.awards)


def read(
    record: Record, compared: Baselines | None = None, honest: Sequence[Honesty] | None = None
) -> Reading:
    """Go through a journal once for the page, and again for honesty if that is not given."""
    summary, timeline = Summary(), Timeline()
    stories, tasks = Stories(MOST_AUCTIONS), Tasks()
    agreement, bid_calls, anomalies = Agreement(), BidCalls(), Anomalies()
    planning = PlanStory()
    folds = (summary, stories, tasks, agreement, bid_calls, anomalies, planning)
    first = last = 0.0
    for entry in record.entries():
        first, last = first or entry.at, entry.at
        for fold in folds:
            fold.note(entry.event)
        if isinstance(entry.event, TaskEnded):
            timeline.note(summary)
    if honest is None:
        honest = honesty(record)
    return Reading(
        *(summary, timeline, stories, tasks, agreement, bid_calls, anomalies, planning),
        honest=honest,
        compared=compared,
        screened=screen(record),
        head=record.head(),
        times=(first, last),
    )
