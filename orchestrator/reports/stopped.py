"""The contract of a run that a budget has stopped: what there is, what stopped it, what is open."""

from collections.abc import Iterator
from typing import Final

from orchestrator.drawing.display import plain, plural
from orchestrator.evaluation.summary import Summary

_MOST: Final = 5
_LEFT: Final = ("failed", "unsold", "skipped", "cancelled")


def stopped(summary: Summary) -> Iterator[str]:
    """Yield sentences if tasks ended because cash ran out; nothing otherwise."""
    states = summary.states
    if not states["unfunded"]:
        return
    yield (
        f"Stopped by a budget: {states['solved']:,} of {plural(summary.tasks, 'task')} solved,"
        f" {states['unfunded']:,} not paid for. The answers that there are stay valid."
    )
    reasons = summary.unfunded.most_common()
    for reason, count in reasons[:_MOST]:
        yield f"{plural(count, 'task')} not paid for: {plain(reason, 200)}."
    if len(reasons) > _MOST:
        rest = sum(count for _, count in reasons[_MOST:])
        yield f"{plural(rest, 'more task')} not paid for, for other reasons."
    left = [f"{states[each]:,} {each}" for each in _LEFT if states[each]]
    if left:
        yield f"Without a result as well: {', '.join(left)}."
    count = states["unsettled"]
    unverified = f"{plural(count, 'answer')} unverified" if count else "No answer is unverified"
    yield f"{unverified}. A run with a larger budget takes a new journal."
