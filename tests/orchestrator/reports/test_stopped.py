"""The contract of a run that a budget has stopped."""

from orchestrator.evaluation.summary import Summary
from orchestrator.reports.stopped import stopped
from protocols.events import TaskEnded
from protocols.units import TaskId
from tests.orchestrator.small_runs import events


def ended(*ends: tuple[str, str]) -> Summary:
    """Return a small run, with tasks that ended so on top."""
    summary = Summary()
    for event in events():
        summary.note(event)
    for place, (state, reason) in enumerate(ends):
        told = {"task": TaskId(f"x{place}"), "state": state, "reason": reason}
        summary.note(TaskEnded.model_validate(told))
    return summary


def test_a_run_with_cash_enough_says_nothing() -> None:
    """Failed and unsold tasks are no matter of the budget."""
    assert list(stopped(ended())) == []


def test_partial_results_reasons_and_what_nobody_has_verified_are_said() -> None:
    """The most frequent reason first, in harmless text."""
    told = list(
        stopped(
            ended(
                ("unfunded", "the budget of worker 'a', 1, has no room for it"),
                ("unfunded", "the budget\x1b[2J has no room for it"),
                ("unfunded", "the budget\x1b[2J has no room for it"),
                ("unsettled", "the task has no verifier"),
            )
        )
    )
    assert told[0].startswith("Stopped by a budget: 1 of 3 tasks solved, 3 not paid for.")
    assert told[1].startswith("2 tasks not paid for: the budget")
    assert told[2] == "1 task not paid for: the budget of worker 'a', 1, has no room for it."
    assert told[3] == "Without a result as well: 1 unsold, 1 skipped."
    assert told[4].startswith("1 answer unverified.")
    assert "\x1b" not in "".join(told)
