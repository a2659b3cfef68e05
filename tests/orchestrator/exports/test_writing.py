"""Tests of writing all files or none."""

import json
from pathlib import Path

import pytest

from orchestrator.exports.catalog import TABLES
from orchestrator.exports.writing import write_tables, write_traces
from orchestrator.memory.record import Record
from tests.orchestrator.small_runs import events, write


def test_one_pass_writes_every_table(tmp_path: Path) -> None:
    """Counts are by table, and the meaning of the columns lies beside them."""
    places = {tmp_path / "out" / f"{name}.csv": table for name, table in TABLES.items()}
    with Record(write(tmp_path / "run.db", events())) as record:
        written = write_tables(record, places, "csv", tmp_path / "out" / "columns.csv")
    assert written["bids"] == 3
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(
        [*TABLES, "columns"]
    )


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    """A file that cannot take its place takes the others with it, and the new folder too."""
    table = TABLES["bids"]
    (tmp_path / "taken.csv").mkdir()
    places = {tmp_path / "new" / "bids.csv": table, tmp_path / "taken.csv": table}
    with Record(write(tmp_path / "run.db", events())) as record, pytest.raises(IsADirectoryError):
        write_tables(record, dict(reversed(places.items())), "csv")
    assert not (tmp_path / "new").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "run.db",
        "run.db.lock",
        "taken.csv",
    ]


def test_traces_are_lines_of_json(tmp_path: Path) -> None:
    """Only the traces that are asked for are written."""
    with Record(write(tmp_path / "run.db", events())) as record:
        assert write_traces(record, {"work": tmp_path / "w.jsonl"}) == {"work": 2}
    lines = (tmp_path / "w.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["task"] for line in lines] == ["t1", "t2"]
