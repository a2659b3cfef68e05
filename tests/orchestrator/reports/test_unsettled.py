"""Tests of what is said about tasks without an outcome."""

from orchestrator.evaluation.summary import Summary
from orchestrator.reports.unsettled import unsettled
from protocols.events import TaskEnded
from protocols.units import TaskId


def _ended(*reasons: str) -> Summary:
    summary = Summary()
    for number, reason in enumerate(reasons):
        summary.note(TaskEnded(task=TaskId(f"t{number}"), state="unsettled", reason=reason))
    return summary


def test_nothing_is_said_where_nothing_is_unsettled() -> None:
    """A run in which every task was judged needs no explanation."""
    assert list(unsettled(_ended())) == []


def test_reasons_are_counted_and_a_missing_verifier_has_a_remedy() -> None:
    """Each reason comes with its number of tasks, the most frequent one first."""
    said = list(unsettled(_ended("b", "the task has no verifier", "the task has no verifier")))
    assert said == [
        "2 tasks ended unsettled: the task has no verifier.",
        "1 task ended unsettled: b.",
        "Give such tasks a verifier, or a redundancy so that peers judge the answers.",
    ]


def test_many_reasons_are_summed_up() -> None:
    """After five reasons the others are counted together."""
    said = list(unsettled(_ended(*"abcdefg")))
    assert len(said) == 6
    assert said[-1] == "2 more tasks ended unsettled, for other reasons."
