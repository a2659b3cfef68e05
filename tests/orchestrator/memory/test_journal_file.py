"""Files that are, and are not, journals: how each is opened, locked or refused."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest

from orchestrator.memory.journal import JournalError
from orchestrator.memory.journal_file import create, damage, lock, open_to_read, reopen
from tests.orchestrator.journals import by_hand, run, write


def lines(path: Path, opening: Callable[[Path], sqlite3.Connection]) -> str:
    """Return the message with which a file is refused, which is one line."""
    with pytest.raises(JournalError) as caught:
        opening(path)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def foreign(path: Path) -> None:
    """Write another program's database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")


def empty(path: Path) -> None:
    """Leave what a process leaves that dies while it creates a journal."""
    path.touch()


def text(path: Path) -> None:
    """Write a text file."""
    path.write_text("This is no database, whatever its name says.\n" * 100)


def newer(path: Path) -> None:
    """Write a journal of a later version."""
    by_hand(write(path, run()), "PRAGMA user_version = 2")


def unmarked(path: Path) -> None:
    """Write a journal of no version."""
    by_hand(write(path, run()), "PRAGMA user_version = 0")


def other_tables(path: Path) -> None:
    """Write a journal whose table of events lets duplicates in."""
    by_hand(
        write(path, run()),
        "CREATE TABLE copy AS SELECT * FROM events; DROP TABLE events;"
        " ALTER TABLE copy RENAME TO events;",
    )


def missing(path: Path) -> None:
    """Write nothing."""


@pytest.mark.parametrize("opening", [open_to_read, reopen])
@pytest.mark.parametrize(
    ("made", "message"),
    [
        (missing, "there is no such journal"),
        (Path.mkdir, "there is no such journal"),
        (foreign, "this is no journal"),
        (text, "no journal, or damaged: file is not a database"),
        (empty, "no journal yet: nothing was recorded in it; delete it and start again"),
        (
            newer,
            "written by a newer version of truthbid (format 2; this one reads 1); use that one for it",
        ),
        (
            unmarked,
            "written by another version of truthbid (format 0; this one reads 1); use that one for it",
        ),
        (other_tables, "damaged: its tables are not those of a journal"),
    ],
)
def test_what_is_no_journal_is_refused_in_one_line_and_left_as_it_is(
    tmp_path: Path,
    made: Callable[[Path], None],
    message: str,
    opening: Callable[[Path], sqlite3.Connection],
) -> None:
    """Neither a reader nor a writer takes a foreign file for a journal, or touches it."""
    path = tmp_path / "run.db"
    made(path)
    before = path.read_bytes() if path.is_file() else b""

    assert lines(path, opening) == message
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_journal_is_not_created_over_a_file(tmp_path: Path) -> None:
    """Of two who create the same file one is refused, and the file stays the other's."""
    path = tmp_path / "run.db"
    foreign(path)
    before = path.read_bytes()

    assert lines(path, create) == "File exists"
    assert path.read_bytes() == before


@pytest.mark.parametrize("table", ["events", "transfers"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET seq = seq + 100", "DELETE FROM {}", "DELETE FROM {} WHERE seq = 1"]
)
def test_sqlite_by_hand_refuses_to_change_what_is_recorded(
    tmp_path: Path, table: str, change: str
) -> None:
    """A slip of the hand in the sqlite3 shell changes neither events nor transfers."""
    path = write(tmp_path / "run.db", run())

    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=f"{table} are never (updat|delet)ed"),
    ):
        connection.execute(change.format(table))


def test_a_key_is_recorded_once(tmp_path: Path) -> None:
    """The same thing cannot have happened twice: the file itself refuses the second key."""
    path = write(tmp_path / "run.db", run())

    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=r"events\.key"),
    ):
        connection.execute("INSERT INTO events SELECT 99, at, key, body, hash FROM events LIMIT 1")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("UPDATE events SET body = '{}' WHERE seq = 3", "entry 3 does not continue the chain"),
        ("UPDATE events SET at = at + 1 WHERE seq = 3", "entry 3 does not continue the chain"),
        ("DELETE FROM events WHERE seq = 3", "entry 3 is missing"),
        ("UPDATE events SET body = CAST(x'ff' AS TEXT) WHERE seq = 3", "Could not decode to UTF-8"),
    ],
)
def test_a_run_does_not_go_on_from_an_edited_journal(
    tmp_path: Path, script: str, message: str
) -> None:
    """Who resumes a run trusts its past, so the past is checked first."""
    path = write(tmp_path / "run.db", run())
    by_hand(path, script)

    assert message in lines(path, reopen)


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    """Garbage in the middle of the file is damage, whatever table it hits."""
    path = write(tmp_path / "run.db", run())
    content = bytearray(path.read_bytes())
    pages = len(content) // 4096
    for page in range(2, pages):
        spoilt = content.copy()
        spoilt[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
        path.write_bytes(spoilt)
        with closing(open_to_read(path)) as connection:
            assert damage(connection)


def test_a_file_cut_in_half_is_refused_in_one_line(tmp_path: Path) -> None:
    """Half a file is damaged."""
    path = write(tmp_path / "run.db", run())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    assert "malformed" in lines(path, reopen)


def test_the_lock_refuses_a_second_writer_under_any_name_of_the_file(tmp_path: Path) -> None:
    """A link to a journal is the same journal."""
    path, link = tmp_path / "run.db", tmp_path / "link.db"
    link.symlink_to(path)

    with lock(path), pytest.raises(JournalError, match="another process is writing this journal"):
        lock(link)
    lock(link).close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A journal in a folder that does not exist cannot be locked, and the folder is named."""
    path = tmp_path / "nowhere" / "run.db"

    with pytest.raises(JournalError, match=f"^{path}: there is no folder {path.parent}$"):
        lock(path)


READ_ONLY = """
import os, sys
from pathlib import Path
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.verification import verify
path = Path(sys.argv[1])
with Record(path) as record:
    verify(record)  # loads all that it takes: Python may lie where only root can read
if os.geteuid() == 0:
    os.seteuid(65534)
with Record(path) as record:
    print(verify(record).problems)
for name, resume in ((path, True), (path.with_name("new.db"), False)):
    try:
        SqliteJournal(name, lambda: 0.0, resume=resume)
    except JournalError as error:
        print(error)
"""


def test_a_read_only_folder_can_be_read_and_not_written(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A journal at rest verifies on a read-only disk; to write there fails with one line."""
    folder = tmp_path_factory.mktemp("shut")
    path = write(folder / "run.db", run())
    (folder / "run.db.lock").unlink()
    top = Path(tempfile.gettempdir())
    parents = [folder, *takewhile(lambda parent: parent != top, folder.parents)]
    modes = [parent.stat().st_mode for parent in parents]
    for parent in parents:
        parent.chmod(0o755)
    folder.chmod(0o555)
    try:
        shown = subprocess.run(
            [sys.executable, "-c", READ_ONLY, path], capture_output=True, text=True, check=True
        ).stdout
    finally:
        for parent, mode in zip(parents, modes, strict=True):
            parent.chmod(mode)

    assert shown.splitlines() == [
        "()",
        f"{path}: Permission denied (writing to {folder})",
        f"{folder / 'new.db'}: Permission denied (writing to {folder})",
    ]
    assert [each.name for each in folder.iterdir()] == ["run.db"]
