"""Opens a run, or takes it up where it was left."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.memory.chronicle import Chronicle, DivergenceError
from orchestrator.memory.journal import Journal, JournalError, Unrecorded
from protocols.events import RunClosed, RunOpened, RunResumed
from protocols.quarantine import Quarantined
from workers.verifiers.person import VerdictFile

if TYPE_CHECKING:
    from orchestrator.memory.record import Record

_DIGESTS = ("run-opened: run is", "run-opened: config_digest is")
"""That they differ says nothing to a person."""

InFull = Callable[[RunOpened], RunOpened]
"""Adds the settings to an earlier opening that its version did not know, as they were then."""


def open_journal(path: Path | None, *, resume: bool) -> tuple[Journal, "Record | None"]:
    """Return the journal of a run, and its past if it is resumed.

    What people have said of an earlier run with a journal of this name is forgotten.

    Raises:
        JournalError: If the file exists, is missing, is damaged, or another process writes it.
    """
    if path is None:
        return Unrecorded(), None
    from orchestrator.memory.record import Record
    from orchestrator.memory.sqlite_journal import SqliteJournal

    clock = time.time  # noqa: TID251 - the one place where the wall clock enters; people read it
    journal = SqliteJournal(path, clock, resume=resume)
    try:
        if not resume:
            VerdictFile.beside(path).clear()
        return journal, Record(path) if resume else None
    except BaseException:
        journal.close()
        raise


def note_opening(
    chronicle: Chronicle, opening: RunOpened, resumed: Path | None, in_full: InFull
) -> int:
    """Note that a run is opened or, with the journal of an earlier process, resumed.

    Another version of truthbid may go on with a run, if it reads the same file format and decides
    the same. That is found out as it goes through the past.

    Args:
        chronicle: The run.
        opening: The event by which this process would open it.
        resumed: The journal of an earlier process, if there was one.
        in_full: Completes the opening of that process.

    Returns:
        The number of the event to wait for.

    Raises:
        JournalError: If that run is closed, or was opened with other workers or settings.
    """
    recorded = chronicle.recall(opening.key, RunOpened)
    if recorded is not None:
        _compare(recorded, in_full(recorded), opening, resumed)
    seq = chronicle.note(recorded or opening)
    if resumed is None:
        return seq
    if chronicle.recall("run-closed", RunClosed) is not None:
        raise JournalError(f"{resumed}: the run is closed; there is nothing to resume")
    times = note_resumptions(chronicle)
    return chronicle.note(RunResumed(version=opening.version, time=times + 1))


def _compare(
    recorded: RunOpened, full: RunOpened, opening: RunOpened, resumed: Path | None
) -> None:
    """Raise if two openings are of different runs; the version of truthbid does not count.

    Name and digest follow from the settings, and have to differ where some were added.
    """
    full = full.model_copy(update={"version": opening.version})
    if full.config != recorded.config:
        names = {"run": opening.run, "config_digest": opening.config_digest}
        full = full.model_copy(update=names)
    if full != opening:
        found = DivergenceError(full, opening).differences
        told = [each for each in found if not each.startswith(_DIGESTS)]
        field = (told or found)[0].removeprefix("run-opened: ")
        raise JournalError(f"{resumed}: another run: {field.replace('by its inputs', 'now')}")


def note_quarantines(chronicle: Chronicle) -> int:
    """Pass the quarantines of the past, which bind no other process; return how many there were."""
    number = 0
    while (event := chronicle.recall(f"quarantined\t{number + 1}", Quarantined)) is not None:
        chronicle.note(event)
        number += 1
    return number


def note_resumptions(chronicle: Chronicle) -> int:
    """Pass the resumptions of the past; return how many there were."""
    times = 0
    while (event := chronicle.recall(f"run-resumed\t{times + 1}", RunResumed)) is not None:
        chronicle.note(event)
        times += 1
    return times
