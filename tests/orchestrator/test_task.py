"""What a person writes to have something done, and what comes back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.auction.execution import Ending
from orchestrator.task import Task, task_result
from protocols.messages import Failure, Result
from protocols.units import LARGEST, Money, money
from tests.orchestrator.journals import ANN, FIRST, award, lot
from workers.verifiers import exact


def test_a_task_becomes_a_lot_in_nano_units() -> None:
    """Workers see what is to be done and what it is worth, and never the verifier."""
    task = Task("17 * 23?", "0.05", exact("391"), kind="sums", reserve="0.02", id="mine")

    made = task.lot("t1")

    assert (made.task, made.kind, made.prompt) == ("mine", "sums", "17 * 23?")
    assert (made.value, made.reserve) == (50_000_000, 20_000_000)
    assert "391" not in made.model_dump_json()


def test_what_is_left_out_has_a_meaning() -> None:
    """The reserve is the value, and the name is the one that is offered."""
    made = Task("x", 1).lot("t7")

    assert made.task == "t7"
    assert made.reserve == made.value == money(1)


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_reserve_never_exceeds_the_value(value: int, reserve: int) -> None:
    """More than a success is worth is never paid for the work."""
    made = Task("x", Decimal(value) / 10**9, reserve=Decimal(reserve) / 10**9).lot("t1")

    assert made.value == value
    assert made.reserve == min(value, reserve)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "nan"},
        {"value": "inf"},
        {"value": -1},
        {"value": "much"},
        {"value": 10**7},
        {"value": 1, "reserve": -1},
        {"value": 1, "id": "tab\tin it"},
        {"value": 1, "id": "x" * 201},
        {"value": 1, "kind": ""},
        {"value": 1, "prompt": "\ud800"},
    ],
    ids=str,
)
def test_an_impossible_task_is_refused(wrong: dict[str, object]) -> None:
    """A value or a name that cannot be is found before anything is recorded."""
    fields: dict[str, object] = {"prompt": "x"} | wrong
    with pytest.raises(ValueError, match=r"."):
        Task(**fields).lot("t1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_result_says_how_the_task_ended() -> None:
    """The last answer, award and attempt are in it."""
    done = Result(announcement=FIRST, task=lot().task, worker=ANN, answer="391", cost=Money(4))
    tried = lot().model_copy(update={"attempt": 2})

    result = task_result(Ending(tried, "solved", "fine", award(), done))

    assert result.solved
    assert (result.task, result.state, result.reason) == ("t1", "solved", "fine")
    assert (result.answer, result.award, result.attempts) == ("391", award(), 2)
    assert (result.outcome, result.settlement) == (None, None)


def test_a_failure_has_no_answer() -> None:
    """Neither has a task that was never awarded."""
    failed = Failure(announcement=FIRST, task=lot().task, worker=ANN, reason="tired")

    result = task_result(Ending(lot(), "failed", "tired", award(), failed))

    assert (result.solved, result.answer) == (False, None)
    assert task_result(Ending(lot(), "unsold", "no-bids")).award is None
