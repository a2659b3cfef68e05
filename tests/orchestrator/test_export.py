"""``truthbid export``, as a shell sees it."""

import csv
import json
from pathlib import Path

import pytest

from orchestrator.exports.catalog import TABLES
from tests.orchestrator.command import truthbid
from tests.orchestrator.small_runs import events, write


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the journal of the small run."""
    return write(tmp_path / "run.db", events())


def test_a_folder_gets_all_tables(journal: Path, tmp_path: Path) -> None:
    """Every table is a CSV file, with a list of what the columns mean beside them."""
    said = truthbid("export", journal, "--to", tmp_path / "out")
    assert (said.code, said.err) == (0, "")
    assert f"{tmp_path / 'out' / 'bids.csv'}: 3 rows" in said.out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {*(f"{name}.csv" for name in TABLES), "columns.csv"}
    with (tmp_path / "out" / "results.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["answer"] == "<script>alert(1)</script>"


def test_the_suffix_of_a_file_says_the_format(journal: Path, tmp_path: Path) -> None:
    """One table goes to one file, and --json tells where and how much."""
    path = tmp_path / "b.jsonl"
    found = truthbid("export", journal, "--to", path, "--table", "bids", "--json").data()
    assert found == {"bids": {"file": str(path), "rows": 3}}
    assert json.loads(path.read_text().splitlines()[0])["cost_nano"] == 10


def test_the_same_journal_gives_the_same_files(journal: Path, tmp_path: Path) -> None:
    """Rows are in the order of the journal, so an export can be compared with the next."""
    for name in ("one", "two"):
        truthbid("export", journal, "--to", tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_traces_are_files_of_their_own(journal: Path, tmp_path: Path) -> None:
    """``--format rl`` writes bids and work as JSON lines."""
    said = truthbid("export", journal, "--to", tmp_path / "rl", "--format", "rl")
    assert said.code == 0
    assert {path.name for path in (tmp_path / "rl").iterdir()} == {"bids.jsonl", "work.jsonl"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "{}/x.csv"], "a file holds one table: say which one with --table"),
        (["--to", "{}/x", "--table", "bid"], "no table 'bid' in csv, did you mean 'bids'?"),
        (["--to", "{}/x", "--format", "rl", "--table", "awards"], "no table 'awards' in rl"),
        (["--to", "{}/x.csv", "--table", "bids", "--format", "jsonl"], "ends in .jsonl"),
        (["--to", "{}/run.db"], "is a file; name a folder"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    journal: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    """What is wrong is said with its place, and there is no file afterwards."""
    said = truthbid("export", journal, *(each.format(tmp_path) for each in arguments))
    assert said.code == 2
    assert message in said.err
    assert said.err.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"run.db", "run.db.lock"}


def test_a_journal_that_cannot_be_read_writes_nothing(tmp_path: Path) -> None:
    """A missing journal is one line, and makes no folder."""
    said = truthbid("export", tmp_path / "no.db", "--to", tmp_path / "out")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert not list(tmp_path.iterdir())
