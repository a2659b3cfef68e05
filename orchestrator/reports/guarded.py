"""Says what the guards decided about workers, and why."""

from collections.abc import Iterator

from orchestrator.drawing.display import plain, plural
from orchestrator.evaluation.guarded import GuardTotals, Watched
from protocols.guarding import Guarded

_LONGEST_NAME = 60
_LONGEST = 200


def guarded(found: GuardTotals) -> Iterator[str]:
    """Yield a sentence for each worker about which something was decided.

    >>> found = GuardTotals()
    >>> found.note(Guarded(worker="ann", number=1, step="warned", announced=2,
    ...                    reason="it gave no answer: it failed 3 times in a row"))
    >>> list(guarded(found))
    ['ann was warned after announcement 2: it gave no answer: it failed 3 times in a row.']
    """
    for worker, watched in found.workers.items():
        last, earlier = watched.last, watched.steps.total() - 1
        more = f" ({plural(earlier, 'decision')} before: {_counted(watched)})" if earlier else ""
        yield f"{plain(worker, _LONGEST_NAME)} {decision(last)}{more}."


def decision(event: Guarded) -> str:
    """Put one decision into words that follow the name of the worker."""
    lots = plural(event.capacity or 0, "lot")
    said = {
        "warned": "was warned",
        "reduced": f"may win {lots} of an announcement",
        "suspended": f"is not invited up to announcement {event.until}",
        "probed": f"was tried again with {lots}",
        "held": "is not invited until a person has decided,",
        "restored": "was trusted again",
        "excluded": "is not invited any more",
    }[event.step]
    return f"{said} after announcement {event.announced}: {plain(event.reason, _LONGEST)}"


def _counted(watched: Watched) -> str:
    steps = watched.steps.copy()
    steps[watched.last.step] -= 1
    return ", ".join(f"{count} x {step}" for step, count in steps.items() if count)
