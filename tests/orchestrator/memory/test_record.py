"""Reading journals: whole, by key, by kind, while a writer is at work."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from orchestrator.memory.journal import GENESIS, JournalError
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from protocols.events import Event, RunClosed, RunOpened, Settled, TaskAdded
from tests.orchestrator.journals import added, by_hand, clock, run, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the journal of a whole run."""
    return write(tmp_path / "run.db", run())


def test_entries_come_back_in_order(path: Path) -> None:
    """What was written is read, equal and numbered from 1."""
    with Record(path) as record:
        entries = list(record.entries())

    assert [entry.event for entry in entries] == run()
    assert [entry.seq for entry in entries] == list(range(1, 13))
    assert {entry.at for entry in entries} == {clock()}


def test_an_event_is_found_by_its_key(path: Path) -> None:
    """Every event is found under its key, and nothing under another."""
    with Record(path) as record:
        assert [record.get(event.key) for event in run()] == run()
        assert record.get("settled\ta1\tt1\tbob") is None


def test_events_are_found_by_their_kind(path: Path) -> None:
    """Entries of some kinds are those of all kinds without the others, in their order."""
    with Record(path) as record:
        every = list(record.entries())
        for kinds in [*((kind,) for kind in get_args(Event)), (Settled, RunClosed, TaskAdded)]:
            wanted = [entry for entry in every if isinstance(entry.event, kinds)]
            assert list(record.entries(*kinds)) == wanted
            assert list(record.of(kinds[0])) == [
                entry.event for entry in wanted if isinstance(entry.event, kinds[0])
            ]


def test_the_head_is_the_last_hash(path: Path, tmp_path: Path) -> None:
    """The head moves with every event, and an empty journal has the hash before the first."""
    with Record(path) as record, Record(write(tmp_path / "empty.db", [])) as empty:
        assert record.head()[0] == len(record) == 12
        assert record.head()[1] != empty.head()[1]
        assert empty.head() == (0, GENESIS.hex())


def test_a_record_is_what_the_file_held_when_it_was_opened(tmp_path: Path) -> None:
    """A resumed run must not take what it has just written for its past."""
    path = write(tmp_path / "run.db", [added(1)])
    journal = SqliteJournal(path, clock, resume=True)
    with Record(path) as record:
        for number in range(2, 1000):
            journal.append(added(number))
        journal.close()

        assert (len(record), record.head()[0]) == (1, 1)
        assert [entry.event for entry in record.entries()] == [added(1)]
        assert list(record.of(TaskAdded)) == [added(1)]
        assert record.get(added(1).key) == added(1)
        assert record.get(added(2).key) is None
        assert list(record.problems()) == []


def test_an_entry_that_is_no_event_is_named_in_one_line(path: Path) -> None:
    """The number of the entry, the field and what was expected: enough to find it."""
    by_hand(path, "UPDATE events SET body = json_set(body, '$.budget', -1) WHERE seq = 1")

    with (
        Record(path) as record,
        pytest.raises(
            JournalError,
            match=rf"^{path}: entry 1 cannot be read: run-opened\.budget: Input should be greater"
            r" than or equal to 0$",
        ),
    ):
        record.get("run-opened")


READINGS: dict[str, Callable[[Record], object]] = {
    "entries": lambda record: list(record.entries()),
    "by key": lambda record: record.get("task-added\tt1"),
    "by kind": lambda record: list(record.of(TaskAdded)),
    "transfers": lambda record: list(record.transfers()),
    "stray": Record.stray_transfers,
    "length": len,
}


@pytest.mark.parametrize("reading", READINGS)
def test_damage_is_one_line_from_every_method(path: Path, reading: str) -> None:
    """A file whose pages are spoilt under the reader is damaged, not a riddle."""
    with Record(path) as record:
        content = path.read_bytes()
        spoilt = content[:4096] + b"\xa5" * (len(content) - 4096)
        path.write_bytes(spoilt[:24] + bytes([255] * 4) + spoilt[28:])  # a new change counter

        with pytest.raises(JournalError) as caught:
            READINGS[reading](record)

    assert str(caught.value).startswith(f"{path}: damaged: ")
    assert len(str(caught.value).splitlines()) == 1


def test_an_opened_run_is_an_opened_run(path: Path) -> None:
    """The first event says what the run depends on."""
    with Record(path) as record:
        assert isinstance(record.get("run-opened"), RunOpened)
