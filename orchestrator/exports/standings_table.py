"""The table of standings: what the rule could know of each worker when it cleared."""

from collections.abc import Iterator
from typing import Final

from orchestrator.evaluation.decided import Announcements, opening
from orchestrator.evaluation.known import Known, book_of
from orchestrator.exports.table import ANNOUNCEMENT, WORKER, Column, Row, Table, Take, nano
from orchestrator.memory.record import Entry, Record


def _reading(record: Record) -> Take:
    """Return what follows the standings through a journal, as the run did.

    Memory grows with the workers, their kinds of task and what is announced at the same time. Of a
    mechanism that was given in code, recalibration maps and deposits stay as they are at the start.
    """
    announcements, known = Announcements(), Known(book_of(opening(record)))

    def take(entry: Entry) -> Iterator[Row]:
        turn = announcements.take(entry.event)
        if turn is None or turn.held is None:
            return
        call = turn.held.announcement.announcement
        for (worker, kind), standing in (known.take(turn) or {}).items():
            yield (
                call,
                worker,
                kind,
                standing.quality,
                standing.slope,
                standing.intercept,
                standing.balance,
                standing.least_cost,
            )

    return take


STANDINGS: Final = Table(
    "standings",
    "One row for each participant and kind of task of each announcement: what was known when it was"
    " made. Who had no settled work yet has no row, unless reports are recalibrated or deposits"
    " asked for.",
    (
        ANNOUNCEMENT,
        WORKER,
        Column("kind", "text", "The sort of work."),
        Column("quality", "number", "The estimated chance of success.", "probability"),
        Column("slope", "number", "Of the recalibration map on the log-odds of a report."),
        Column("intercept", "number", "Of that map; (1, 0) leaves a report as it is."),
        nano("balance", "What the worker could be charged; empty where nothing limits it."),
        nano("least_cost", "The least that its work was metered at."),
    ),
    _reading,
)
