"""Every task has a row with its state and its money."""

from orchestrator.reports.tasks import OPEN, Tasks
from protocols.events import TaskEnded
from tests.orchestrator.small_runs import T1, T2, T3, A, events


def told() -> Tasks:
    """Return the tasks of the small run."""
    tasks = Tasks()
    for event in events():
        tasks.note(event)
    return tasks


def test_money_by_task() -> None:
    """t1 cost 12 and was paid 56; t2 cost 25, was paid 30 and was announced twice."""
    rows = told().rows
    first, second, third = rows[T1], rows[T2], rows[T3]
    assert (first.cost, first.paid, first.attempts, first.worker) == (12, 56, 1, A)
    assert (second.cost, second.paid, second.attempts, second.success) == (25, 30, 2, 0.0)
    assert (third.needs, third.attempts, third.worker) == ((T2,), 0, None)


def test_states() -> None:
    """A task that has not ended is open."""
    assert told().states() == {"solved": 1, "unsold": 1, "skipped": 1}
    cut = Tasks()
    for event in events():
        if not isinstance(event, TaskEnded):
            cut.note(event)
    assert cut.states() == {OPEN: 3}
    assert cut.linked
