"""The checker of the soak: it finds nothing in an honest run and every broken promise by its name."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.memory.ledger import hold, owe
from protocols.events import BidsClosed, Event, RunClosed, Unsettled
from protocols.units import Money, TaskId
from tests.orchestrator.crash_run import SETTINGS
from tests.orchestrator.journals import (
    ANN,
    BOB,
    FIRST,
    allocated,
    award,
    moved,
    run,
    settled,
    started,
    write,
)
from tests.orchestrator.test_crash_matrix import whole
from tests.soak.checker import broken_by, broken_promises
from tests.soak.unreliable import FRAUD

HONEST = run()
UNSETTLED = Unsettled(announcement=FIRST, task=TaskId("t1"), worker=ANN, reason="")


def fraudulent() -> BidsClosed:
    """Return the bids of the run, of which one is a fraud."""
    closed = HONEST[3]
    assert isinstance(closed, BidsClosed)
    (bid,) = closed.bids
    return closed.model_copy(update={"bids": (bid.model_copy(update={"cost": FRAUD}),)})


def of_nobody() -> BidsClosed:
    """Return the closing of the run without its bid."""
    closed = HONEST[3]
    assert isinstance(closed, BidsClosed)
    return closed.model_copy(update={"bids": ()})


BROKEN: dict[str, tuple[Sequence[Event], str]] = {
    "after the end": (
        [*HONEST, moved(9, ())],
        "end: 13 events, closed at [11]",
    ),
    "not closed": (HONEST[:-1], "end: 11 events, closed at []"),
    "a fraud is counted": (
        [*HONEST[:3], fraudulent(), *HONEST[4:]],
        "bids: 'bids-closed\\ta1' counts a fraud of 'ann' on 't1'",
    ),
    "nobody has bid": (
        [*HONEST[:3], of_nobody(), *HONEST[4:]],
        "bids: 'allocated\\ta1' awards 't1' to 'ann' without a bid",
    ),
    "awarded twice": (
        [*HONEST[:4], allocated(award(ANN), award(BOB)), *HONEST[5:]],
        "rounds: 'allocated\\ta1' awards 't1' at ranks [0, 0]",
    ),
    "settled twice": (
        [*HONEST[:9], UNSETTLED, *HONEST[9:]],
        "settlements: ('a1', 't1', 'ann') ends 2 times",
    ),
    "begun and never ended": (
        [*HONEST[:8], *HONEST[9:]],
        "settlements: ('a1', 't1', 'ann') was begun and never ended",
    ),
    "never awarded": (
        [*HONEST[:6], started(BOB), *HONEST[6:]],
        "settlements: ('a1', 't1', 'bob') was never awarded",
    ),
    "after its announcement has closed": (
        [*HONEST[:8], HONEST[9], settled(), *HONEST[10:]],
        "after_closing: 'settled\\ta1\\tt1\\tann' comes after its announcement has closed",
    ),
    "still held": (
        [*HONEST[:10], moved(8, hold(Money(1))), *HONEST[10:]],
        "money: 1 are held at the end",
    ),
    "more than the budget": (
        [*HONEST[:10], moved(8, hold(Money(2000))), *HONEST[10:]],
        "money: 'unsettled\\ta1\\tt8\\tann' exceeds the budget",
    ),
    "a task ends never": (
        [*HONEST[:10], RunClosed(reason="done")],
        "end: 0 of 1 tasks ended, []",
    ),
    "paid for nothing": (
        [*HONEST[:10], moved(8, owe("bob", Money(5))), *HONEST[10:]],
        "settlements: ('a1', 't8', 'ann') was never awarded",
    ),
}


def test_an_honest_run_breaks_no_promise(tmp_path: Path) -> None:
    """Nothing is found in a run of everything."""
    mechanism = next(iter(SETTINGS))
    path = write(tmp_path / "run.db", whole(mechanism, tmp_path)[1])
    assert broken_promises(path, 34) == []


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_promise_is_told(case: str) -> None:
    """Whatever else is found, the cause is among it."""
    events, problem = BROKEN[case]
    assert broken_by(HONEST, 1) == []
    assert problem in broken_by(events, 1)
