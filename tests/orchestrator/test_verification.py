"""What a check finds in journals: nothing in an honest one, the cause in every other."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import hold
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.verification import Verification, verify
from protocols.events import Closed, Event, RunClosed, Unsettled
from protocols.units import Money, TaskId
from tests.orchestrator.journals import (
    ANN,
    BOB,
    FIRST,
    added,
    allocated,
    award,
    by_hand,
    clock,
    opened,
    run,
    settled,
    started,
    write,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal goes."""
    return tmp_path / "run.db"


def checked(path: Path) -> Verification:
    """Check a journal; every problem is one line."""
    with Record(path) as record:
        found = verify(record)
    assert all(len(problem.splitlines()) == 1 for problem in found.problems)
    return found


def test_an_honest_run_has_no_problems(path: Path) -> None:
    """A whole run is sound and closed, and its head is that of the file."""
    write(path, run())

    found = checked(path)

    assert found.problems == ()
    assert (found.events, found.finished) == (12, True)
    with Record(path) as record:
        assert found.head == record.head()[1]


@pytest.mark.parametrize("length", range(12))
def test_every_beginning_of_an_honest_run_is_sound_and_unfinished(path: Path, length: int) -> None:
    """Wherever a run was killed, its journal is sound, with no event at all too."""
    write(path, run()[:length])

    assert checked(path)[2:] == (False, ())


def test_a_journal_can_be_checked_while_it_is_written(path: Path) -> None:
    """A check sees what was there when the file was opened, in events and ledger alike."""
    journal = SqliteJournal(path, clock)
    for event in run()[:6]:
        journal.append(event)
    journal.close()
    journal = SqliteJournal(path, clock, resume=True)
    with Record(path) as record:
        for event in run()[6:]:
            journal.append(event)
        journal.close()

        assert verify(record)[:1] + verify(record)[2:] == (6, False, ())


START = run()[:6]
"""Up to the start of the work."""

UNSETTLED = Unsettled(announcement=FIRST, task=TaskId("t1"), worker=ANN, reason="")
CLOSED = Closed(announcement=FIRST, number=1)
DONE = RunClosed(reason="done")

WRONG_RUNS: dict[str, tuple[Sequence[Event], str]] = {
    "no opening": (run()[1:3], "entry 1: task-added t1 comes before the run was opened"),
    "after the end": ([opened(), DONE, added(1)], "entry 3: task-added t1 comes after the run"),
    "more held than there is": (
        [opened(5), allocated(award())],
        "entry 2: allocated a1 breaks the books: the budget has room for 5, not to hold 10",
    ),
    "more spent than held": (
        [opened(), allocated(award(), held=3), started(), settled()],
        "entry 4: settled a1 t1 ann breaks the books: 3 are held, not 4 to spent:ann",
    ),
    "two winners": (
        [opened(), allocated(award(ANN), award(BOB))],
        "entry 2: allocated a1 awards 't1' twice",
    ),
    "one winner twice": (
        [opened(), allocated(award(ANN), award(ANN, rank=1))],
        "entry 2: allocated a1 awards 't1' twice",
    ),
    "an award of what has ended": (
        [opened(), run()[10], allocated(award())],
        "entry 3: allocated a1 awards 't1', which is not up for auction",
    ),
    "work without an award": (
        [opened(), allocated(award()), started(BOB)],
        "entry 3: started a1 t1 bob 1 was not awarded",
    ),
    "pay without an award": (
        [opened(), allocated(award()), started(), settled(BOB)],
        "entry 4: settled a1 t1 bob settles what was not awarded",
    ),
    "pay without work": (
        [opened(), allocated(award()), settled()],
        "entry 3: settled a1 t1 ann settles work that was never started",
    ),
    "pay twice": (
        [*START, settled(), UNSETTLED],
        "entry 8: unsettled a1 t1 ann settles an award for the second time",
    ),
    "work after pay": (
        [*START, settled(), started().model_copy(update={"call": 2})],
        "entry 8: started a1 t1 ann 2 comes after its settlement",
    ),
    "work that is never paid": (
        [*START, CLOSED],
        "entry 7: closed a1 leaves the work of 'ann' on 't1' unsettled",
    ),
    "pay after the announcement closed": (
        [opened(), allocated(award()), CLOSED, settled()],
        "entry 4: settled a1 t1 ann settles what was not awarded",
    ),
    "cash held for ever": ([*START, DONE], "the run is closed, but 10 nano-units are still held"),
}


@pytest.mark.parametrize("wrong", WRONG_RUNS)
def test_a_run_against_the_rules_is_named(path: Path, wrong: str) -> None:
    """A chain that holds says nothing of what was written: the rules of the market are checked."""
    events, problem = WRONG_RUNS[wrong]
    write(path, events)

    first, *_ = checked(path).problems

    assert first.startswith(problem)


EDITS = {
    "another number": (
        "UPDATE events SET body = replace(body, '\"cost\":4', '\"cost\":3') WHERE seq = 9",
        "entry 9 does not continue the chain: it was changed",
    ),
    "another time": (
        "UPDATE events SET at = at - 1 WHERE seq = 9",
        "entry 9 does not continue the chain: it was changed",
    ),
    "no JSON any more": (
        "UPDATE events SET body = 'nothing' WHERE seq = 2",
        "entry 2 does not continue the chain: it was changed",
    ),
    "an event filed elsewhere": (
        "UPDATE events SET key = 'x' WHERE seq = 12",
        "entry 12 does not continue the chain: it was changed",
    ),
    "an event taken out": ("DELETE FROM events WHERE seq = 5", "entry 5 is missing"),
    "the first taken out": ("DELETE FROM events WHERE seq = 1", "entry 1 is missing"),
    "two events in another order": (
        """UPDATE events SET seq = -3 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 4;
        UPDATE events SET seq = 4 WHERE seq = -3""",
        "entry 3 does not continue the chain: it was changed",
    ),
    "an event put in": (
        "INSERT INTO events SELECT 13, at, 'x', body, hash FROM events WHERE seq = 12",
        "entry 13 does not continue the chain: it was changed",
    ),
    "an event put before all": (
        "INSERT INTO events SELECT 0, at, 'x', body, hash FROM events WHERE seq = 1",
        "entry 1 is missing",
    ),
    "the end cut off, but for its money": (
        "DELETE FROM events WHERE seq > 8",
        "the ledger table has transfers that no event carries",
    ),
    "another amount in the ledger": (
        "UPDATE transfers SET amount = amount + 1 WHERE seq = 9 AND purpose = 'reward'",
        "the ledger table differs from entry 9",
    ),
    "a transfer taken out": (
        "DELETE FROM transfers WHERE seq = 9 AND purpose = 'reward'",
        "the ledger table differs from entry 9",
    ),
    "a transfer put in": (
        """INSERT INTO transfers SELECT 12, book, source, target, amount, purpose FROM transfers
        WHERE seq = 9 AND purpose = 'reward'""",
        "the ledger table has transfers that no event carries",
    ),
    "text that is none": (
        "UPDATE events SET body = CAST(x'ff' AS TEXT) WHERE seq = 3",
        "{path}: damaged: Could not decode to UTF-8",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_file_is_named_in_one_line(path: Path, edit: str) -> None:
    """Changed, removed, reordered and inserted rows are found, each with its place."""
    script, problem = EDITS[edit]
    write(path, run())
    by_hand(path, script)

    (found,) = checked(path).problems

    assert found.startswith(problem.format(path=path))


def test_a_spoilt_page_is_named_in_one_line(path: Path) -> None:
    """A file that SQLite cannot trust is damaged, and nothing else is said of it."""
    write(path, run())
    content = path.read_bytes()
    path.write_bytes(content[: 2 * 4096] + b"\xa5" * 4096 + content[3 * 4096 :])

    (found,) = checked(path).problems

    assert "damaged" in found


def test_a_file_that_was_cut_off_cannot_be_opened(path: Path) -> None:
    """Half a file is refused in one line."""
    write(path, run())
    path.write_bytes(path.read_bytes()[: -4096 - 2048])

    with pytest.raises(JournalError, match=f"^{path}: no journal, or damaged: .* malformed$"):
        Record(path)


def test_the_hold_of_an_unlimited_run_is_no_overdraft(path: Path) -> None:
    """Without a budget there is nothing that a hold could exceed."""
    write(path, [opened(None), allocated(award())])

    assert checked(path).problems == ()


def test_a_hold_that_fills_the_budget_is_no_overdraft(path: Path) -> None:
    """The last unit of the budget may be promised."""
    last = allocated(award()).model_copy(update={"transfers": hold(Money(10))})
    write(path, [opened(10), last])

    assert checked(path).problems == ()
