"""The decisions about workers, added up."""

from orchestrator.evaluation.guarded import GuardTotals
from protocols.events import RunClosed
from protocols.guarding import Guarded
from protocols.units import WorkerId

ANN = WorkerId("ann")


def test_steps_are_counted_by_worker_with_the_first_reason_and_the_last_decision() -> None:
    """Other events count for nothing."""
    totals = GuardTotals()
    for number, reason in enumerate(("first", "second"), 1):
        totals.note(
            Guarded(worker=ANN, number=number, step="warned", reason=reason, announced=number)
        )
    totals.note(
        Guarded(worker=ANN, number=3, step="suspended", reason="third", announced=5, until=9)
    )
    totals.note(RunClosed(reason="done"))

    assert totals.to_data() == [
        {
            "worker": "ann",
            "steps": {"warned": 2, "suspended": 1},
            "reasons": {"warned": "first", "suspended": "third"},
            "last": "suspended",
            "last_reason": "third",
            "until": 9,
        }
    ]
