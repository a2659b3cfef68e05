"""Why tasks ended without an outcome: said in words, for it looks like nothing has happened."""

from collections.abc import Iterator
from typing import Final

from orchestrator.drawing.display import plain, plural
from orchestrator.evaluation.summary import Summary

_MOST: Final = 5


def unsettled(summary: Summary) -> Iterator[str]:
    """Yield a sentence for each of the most frequent reasons, with what can be done about it."""
    reasons = summary.unsettled.most_common()
    for reason, count in reasons[:_MOST]:
        yield f"{plural(count, 'task')} ended unsettled: {plain(reason, 200)}."
    if any("no verifier" in reason for reason, _ in reasons):
        yield "Give such tasks a verifier, or a redundancy so that peers judge the answers."
    if len(reasons) > _MOST:
        rest = sum(count for _, count in reasons[_MOST:])
        yield f"{plural(rest, 'more task')} ended unsettled, for other reasons."
