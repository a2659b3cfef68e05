"""The same event twice: bid, award, result, outcome and settlement happen once or not at all."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.memory.chronicle import Chronicle, DivergenceError
from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.verification import verify
from protocols.contract_net import ContractNet
from protocols.events import Allocated, Announced, BidsClosed, Event, Finished, transfers_of
from protocols.messages import Bid, Failure, Result
from tests.orchestrator.journals import clock, run, write

EVENTS = run()


@settings(max_examples=40)
@given(
    first=st.integers(1, len(EVENTS)),
    twice=st.integers(0, len(EVENTS) - 1),
    changed=st.booleans(),
)
def test_an_event_that_is_appended_again_is_an_error_and_changes_nothing(
    first: int, twice: int, changed: bool
) -> None:
    """Also with other content under its key: what is on the disk stays, and the chain holds."""
    stored, again = EVENTS[:first], EVENTS[twice % first]
    if changed and "reason" in type(again).model_fields:
        again = again.model_copy(update={"reason": "budget"})
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "run.db", stored)
        journal = SqliteJournal(path, clock, resume=True)
        journal.append(again)
        with pytest.raises(JournalError, match=r"UNIQUE constraint failed: events\.key"):
            journal.close()
        with Record(path) as record:
            assert [entry.event for entry in record.entries()] == stored
            assert verify(record).problems == ()


@given(length=st.integers(1, len(EVENTS)), place=st.integers(0, len(EVENTS) - 1))
def test_an_event_of_the_past_is_recalled_and_moves_no_money(length: int, place: int) -> None:
    """A resumed run that comes to an event again books nothing and writes nothing."""
    past, again = EVENTS[:length], EVENTS[place % length]
    with TemporaryDirectory() as folder, Record(write(Path(folder) / "run.db", past)) as record:
        ledger = Ledger(capped=True)
        for event in past:
            ledger.apply(transfers_of(event))
        before = ledger.accounts("cash"), ledger.accounts("credit")
        chronicle = Chronicle(Refusing(), ledger, record)
        assert chronicle.note(again) == 0
        assert (ledger.accounts("cash"), ledger.accounts("credit")) == before


def test_an_event_of_the_past_with_other_content_is_an_error(tmp_path: Path) -> None:
    """The same key says another thing: the run stops, and nothing is booked."""
    with Record(write(tmp_path / "run.db", EVENTS)) as record:
        chronicle = Chronicle(Refusing(), Ledger(capped=False), record)
        changed = EVENTS[-2].model_copy(update={"state": "failed"})
        with pytest.raises(DivergenceError, match="state is 'solved' in the journal, 'failed' by"):
            chronicle.note(changed)


class Refusing:
    """A journal that takes nothing."""

    def append(self, event: Event) -> int:
        """Refuse."""
        raise AssertionError(event.key)

    def keep_call(self, lane: str, body: str) -> None:
        """Refuse."""
        raise AssertionError(lane, body)

    async def durable(self, seq: int) -> None:
        """Refuse."""
        raise AssertionError(seq)

    def close(self) -> None:
        """Do nothing."""


def said() -> tuple[ContractNet, Bid, Result | Failure]:
    """Return the conversation of the run and what the worker says in it."""
    announced, closed, finished = EVENTS[2], EVENTS[3], EVENTS[6]
    assert isinstance(announced, Announced)
    assert isinstance(closed, BidsClosed)
    assert isinstance(finished, Finished)
    return ContractNet(announced.announcement), closed.bids[0], finished.report


@given(times=st.lists(st.integers(1, 4), min_size=2, max_size=2))
def test_a_message_that_comes_again_changes_nothing(times: list[int]) -> None:
    """A bid and a result, each any number of times: one conversation, as if said once."""
    net, bid, result = said()
    for _ in range(times[0]):
        assert net.receive(bid) is None
    net.close_bidding()
    assert net.bids == (bid,)
    decided = EVENTS[4]
    assert isinstance(decided, Allocated)
    net.allocate(decided.allocation)
    net.start(result.task, result.worker)
    for _ in range(times[1]):
        assert net.receive(result) is None
    net.settle(result.task, result.worker, solved=True)
    for late in (bid, result):
        net.receive(late)
    assert net.is_over
    assert net.bids == (bid,)
