"""Tests of what is said about lost answers."""

from orchestrator.evaluation.lost_calls import LostCalls
from orchestrator.reports.lost_calls import lost_calls


def test_nothing_is_said_where_nothing_was_lost() -> None:
    """A run without a crash needs no word about it."""
    assert list(lost_calls(LostCalls(), "USD")) == []


def test_lost_answers_and_those_that_were_asked_for_are_told() -> None:
    """Each with its number; the reserve is money that may still have to be paid."""
    assert list(lost_calls(LostCalls(count=1200, reattached=3, reserve=50), "EUR")) == [
        (
            "1,200 answers were lost in a crash; 0.00000005 EUR is booked as a reserve, for the calls"
            " may be billed."
        ),
        "After a crash a worker was asked 3 times for the answer of a call that it had taken.",
    ]
