"""Reading logs of reports and outcomes."""

import gzip
from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.logs.score_log import EVERYBODY, Entry, read_score_log
from tests.records import records

CSV = "worker,report,outcome,kind,question\nann,0.8,1,a,q1\nbob,,false,a,q1\n"
JSON = (
    '{"worker": "ann", "report": 0.8, "outcome": true, "kind": "a", "question": "q1"}\n'
    '{"worker": "bob", "report": null, "outcome": 0, "kind": "a", "question": "q1"}\n'
)


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [("a.csv", CSV, 2), ("a.csv.gz", CSV, 2), ("a.jsonl", JSON, 1), ("a.jsonl.gz", JSON, 1)],
)
def test_four_kinds_of_file_hold_the_same(tmp_path: Path, name: str, text: str, first: int) -> None:
    """Truth may be written as a number or a word, and a missing report is empty or null."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    assert read_score_log(path).entries == [
        Entry(first, "ann", 0.8, 1.0, "a", "q1"),
        Entry(first + 1, "bob", None, 0.0, "a", "q1"),
    ]


def test_a_row_without_an_outcome_is_left_out_and_named(tmp_path: Path) -> None:
    """Such a row says nothing of the report; its line is kept. A file of nothing else is refused."""
    path = tmp_path / "a.csv"
    path.write_text("report,outcome\n50,\n90,1\n")
    log = read_score_log(path, scale=100)
    assert log.entries == [Entry(3, EVERYBODY, 0.9, 1.0, "", "")]
    assert log.unsettled == [2]
    path.write_text("report,outcome\n0.5,\n")
    with pytest.raises(InputError, match="expected at least one row with an outcome"):
        read_score_log(path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("ann,1.5,1", r"a\.csv:3 report: expected a number from 0 to 1, not '1.5'"),
        ("ann,0.5,2", r"a\.csv:3 outcome: expected a number from 0 to 1, not '2'"),
        ("ann,0.5,right", r"a\.csv:3 outcome: expected a number"),
        (",0.5,1", r"a\.csv:3 expected a worker in every row or in none"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    """One line says where, and what was expected there."""
    path = tmp_path / "a.csv"
    path.write_text(f"worker,report,outcome\nann,0.5,1\n{row}\n")
    with pytest.raises(InputError, match=message):
        read_score_log(path)


def test_real_confidences_of_eleven_models() -> None:
    """48,526 rows with confidences of eleven models are read; 397 of them state none."""
    path = records("routing", "conf11.csv.gz")
    log = read_score_log(path, "worker=model,report=confidence,outcome=correct")
    assert len(log.entries) == 48_526
    assert len({entry.worker for entry in log.entries}) == 11
    assert sum(entry.report is None for entry in log.entries) == 397
