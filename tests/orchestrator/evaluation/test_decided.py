"""Announcements as they were decided, read from journals."""

from pathlib import Path

import pytest

from orchestrator.evaluation.decided import limits_of, opening, own_mechanism, turns
from orchestrator.market import Limits
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from protocols.events import RunOpened
from protocols.forking import Forked
from protocols.units import Money
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import FOR_A, T1, T2, A, B, events


def test_the_turns_of_the_small_run(tmp_path: Path) -> None:
    """Two announcements are made, decided and closed; the first is filled in step by step."""
    with Record(write(tmp_path / "run.db", events())) as record:
        listed = list(turns(record))
    assert [turn.stage for turn in listed] == ["announced", "decided", "closed"] * 2
    held = listed[0].held
    assert held is not None
    assert (held.asking, held.asked, len(held.bids), held.unfunded) == (5, 3, 3, ())
    assert held.awards[0] == FOR_A
    done = held.settlement(T2, B)
    assert done is not None
    assert (done.success, done.payment, held.ended[T1, A].cost) == (0, 30, 12)
    assert held.settlement(T2, A) is None


def test_the_opening(tmp_path: Path) -> None:
    """Settings come from the first event; a journal without one is refused."""
    with Record(write(tmp_path / "run.db", events())) as record:
        assert limits_of(opening(record)) == Limits()
    with (
        Record(write(tmp_path / "empty.db", [])) as record,
        pytest.raises(JournalError, match="never opened"),
    ):
        opening(record)


def test_whose_mechanism_is_not_to_be_had() -> None:
    """One that was given in code, one of another version, and that of a fork, which had two."""
    first = events()[0]
    assert isinstance(first, RunOpened)
    for mechanism in ({"name": "mine", "given": "in code"}, {"name": "unheard-of"}):
        assert own_mechanism(first.model_copy(update={"config": {"mechanism": mechanism}})) is None
    forked = Forked(run="r", seq=1, hash="0" * 64, announced=0, at=0.0, opened="{}")
    assert own_mechanism(first.model_copy(update={"forked": forked})) is None
    assert own_mechanism(first.model_copy(update={"budget": Money(1)})) is not None
