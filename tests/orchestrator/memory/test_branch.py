"""Journals that begin as another one: linked anew, and provably the same."""

from pathlib import Path

import pytest

from orchestrator.memory.branch import branch, parent_hash
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.verification import verify
from protocols.events import RunOpened
from protocols.forking import Forked
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import events


def forked(folder: Path, seq: int = 8) -> tuple[Path, Forked]:
    """Write a journal and a branch of its first entries."""
    parent = write(folder / "parent.db", events())
    with Record(parent) as record:
        rows = list(record.rows())[:seq]
    first = events()[0]
    assert isinstance(first, RunOpened)
    said = Forked(
        run="small",
        seq=seq,
        hash=rows[-1].hash.hex(),
        announced=1,
        at=rows[0].at,
        opened=rows[0].body,
    )
    branch(folder / "fork.db", first.model_copy(update={"run": "fork", "forked": said}), rows)
    return folder / "fork.db", said


def test_a_branch_is_sound(tmp_path: Path) -> None:
    """Every hash of it is right, its ledger table too, and its entries are those of the parent."""
    path, _ = forked(tmp_path)
    with Record(path) as record:
        assert verify(record).problems == ()
        entries = [(entry.at, entry.event) for entry in record.entries()]
    with Record(tmp_path / "parent.db") as record:
        parents = [(entry.at, entry.event) for entry in record.entries()][:8]
    assert entries[1:] == parents[1:]
    assert entries[0][0] == parents[0][0]


def test_the_hash_of_the_parent_follows_from_the_branch(tmp_path: Path) -> None:
    """Whoever has the branch alone can tell which hash its parent had at the fork."""
    path, said = forked(tmp_path)
    with Record(path) as record:
        assert parent_hash(said, record.rows()) == said.hash


@pytest.mark.parametrize("changed", [{"at": 1.0}, {"hash": "0" * 64}, {"seq": 7}, {"seq": 99}])
def test_a_wrong_parent_is_found_out(changed: dict[str, object], tmp_path: Path) -> None:
    """A branch that claims another parent, or more of it than it has, is not sound."""
    _, said = forked(tmp_path)
    with Record(tmp_path / "parent.db") as record:
        rows = list(record.rows())[:8]
    first = events()[0]
    lie = first.model_copy(update={"forked": said.model_copy(update=changed)})
    assert isinstance(lie, RunOpened)
    branch(tmp_path / "lie.db", lie, rows)
    with Record(tmp_path / "lie.db") as record:
        (problem,) = verify(record).problems
    assert "entries" in problem


def test_a_file_is_not_written_over(tmp_path: Path) -> None:
    """Where there is a file already, it stays as it is."""
    path, _ = forked(tmp_path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="File exists"):
        branch(path, _opened(), [])
    assert path.read_bytes() == before


def test_no_half_of_a_file_is_left(tmp_path: Path) -> None:
    """If an entry cannot be written, nothing is."""
    with Record(write(tmp_path / "parent.db", events())) as record:
        rows = list(record.rows())[:3]
    with pytest.raises(JournalError):
        branch(tmp_path / "fork.db", _opened(), [*rows, rows[-1]])
    assert not (tmp_path / "fork.db").exists()


def _opened() -> RunOpened:
    first = events()[0]
    assert isinstance(first, RunOpened)
    return first
