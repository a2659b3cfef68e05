"""Why a worker has never bid: what it said when it refused."""

from collections import Counter
from typing import Final

from orchestrator.drawing.display import plain, plural
from orchestrator.evaluation.summary import Summary
from orchestrator.memory.record import Record
from protocols.events import BidsClosed

_LONGEST: Final = 200


def absences(record: Record, summary: Summary) -> list[str]:
    """Return a sentence for each worker that refused every lot, with its most frequent reason.

    Args:
        record: The journal; read again only if there is such a worker.
        summary: Its totals.

    Raises:
        JournalError: If the journal cannot be read.
    """
    absent = {
        totals.worker: totals.refusals
        for totals in summary.workers.values()
        if totals.refusals and not totals.bids
    }
    if not absent:
        return []
    reasons = {worker: Counter[str]() for worker in absent}
    for closed in record.of(BidsClosed):
        for refusal in closed.refusals:
            if refusal.worker in reasons:
                reasons[refusal.worker][refusal.reason] += 1
    return [
        f"{plain(worker, 60)} made no bid, after {plural(absent[worker], 'refusal')}, most often:"
        f" {plain(counts.most_common(1)[0][0] or 'no reason given', _LONGEST)}"
        for worker, counts in reasons.items()
    ]
