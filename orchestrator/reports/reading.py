"""Reads a journal once for everything that its report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.evaluation.honesty import honesty
from orchestrator.evaluation.summary import Summary
from orchestrator.reports.story import Stories
from orchestrator.reports.timeline import Timeline
from protocols.events import TaskEnded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.totals import WorkerTotals
    from orchestrator.memory.record import Record

MOST_AUCTIONS: Final = 500
"""So many auctions are explained."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a report is made from.

    Attributes:
        honest: The workers about whose reports something can be said.
        compared: What other rules would have brought, if that is known.
        head: The number and the hash of the last entry.
        times: When the first and the last entry were written, in seconds since 1970.
    """

    summary: Summary
    timeline: Timeline
    stories: Stories
    honest: Sequence[Honesty]
    compared: Baselines | None
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
    stories = Stories(MOST_AUCTIONS)
    first = last = 0.0
    for entry in record.entries():
        first, last = first or entry.at, entry.at
        summary.note(entry.event)
        stories.note(entry.event)
        if isinstance(entry.event, TaskEnded):
            timeline.note(summary)
    if honest is None:
        honest = honesty(record)
    return Reading(summary, timeline, stories, honest, compared, record.head(), (first, last))
