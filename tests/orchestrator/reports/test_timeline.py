"""A long run is drawn from as many points as a short one."""

from itertools import pairwise

from orchestrator.evaluation.summary import Summary
from orchestrator.reports.timeline import MOST_POINTS, Timeline
from protocols.events import TaskAdded, TaskEnded
from protocols.units import TaskId
from tests.orchestrator.small_runs import events, lot


def after(tasks: int) -> Timeline:
    """Return the samples of a run in which so many tasks ended."""
    summary, timeline = Summary(), Timeline()
    summary.note(events()[0])
    for number in range(tasks):
        summary.note(TaskAdded(lot=lot(TaskId(f"t{number}"))))
        summary.note(TaskEnded(task=TaskId(f"t{number}"), state="unsold"))
        timeline.note(summary)
    return timeline


def test_a_short_run_is_complete() -> None:
    """Every task that ended is a point."""
    moments = after(20).moments()
    assert [moment.ended for moment in moments] == list(range(1, 21))
    assert moments[-1].profits == (0, 0)


def test_a_long_run_is_thinned_evenly() -> None:
    """The number of points stays bounded, at equal distances."""
    moments = after(5_000).moments()
    assert MOST_POINTS / 2 <= len(moments) < 2 * MOST_POINTS
    steps = {right.ended - left.ended for left, right in pairwise(moments)}
    assert len(steps) == 1
