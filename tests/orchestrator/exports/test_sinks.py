"""Tests of CSV, JSON lines and Parquet files."""

import csv
import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InputError
from orchestrator.exports.sinks import SINKS, csv_cell
from orchestrator.exports.table import Cell, Column

COLUMNS = (
    Column("name", "text", "A name."),
    Column("amount_nano", "integer", "Money."),
    Column("share", "number", "A share."),
    Column("won", "truth", "Whether."),
)
ROWS: list[tuple[Cell, ...]] = [
    ("=cmd()", -5, 0.1, True),
    ('two\nlines, and "quotes"', 7, 1e-9, False),
    (None, None, None, None),
    ("a\ud800b\x00", 2**62, -0.25, True),
]


def _written(path: Path, form: str) -> Path:
    sink = SINKS[form](path, COLUMNS)
    for row in ROWS:
        sink.write(row)
    sink.close()
    return path


def test_a_spreadsheet_finds_no_formula(tmp_path: Path) -> None:
    """Texts that begin like a formula get an apostrophe; negative numbers stay numbers."""
    with _written(tmp_path / "t.csv", "csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    assert found[0] == ["name", "amount_nano", "share", "won"]
    assert found[1] == ["'=cmd()", "-5", "0.1", "true"]
    assert found[2][0] == 'two\nlines, and "quotes"'
    assert found[3] == ["", "", "", ""]
    assert found[4] == ["a�b�", str(2**62), "-0.25", "true"]


@given(st.text())
def test_the_apostrophe_can_be_taken_off_again(text: str) -> None:
    """Dropping one leading apostrophe gives the text back, but for signs that no file can hold."""
    cell = csv_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    back = cell.removeprefix("'")
    assert len(back) == len(text)
    assert all(was == now or now == "�" for was, now in zip(text, back, strict=True))
    cell.encode()


def test_json_lines_are_data(tmp_path: Path) -> None:
    """Each line is an object by the names of the columns; formulas are texts like others."""
    lines = _written(tmp_path / "t.jsonl", "jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert found[0] == {"name": "=cmd()", "amount_nano": -5, "share": 0.1, "won": True}
    assert found[2] == dict.fromkeys(found[0])
    assert found[3]["name"] == "a�b\x00"


def test_an_infinite_score_is_no_number_of_json(tmp_path: Path) -> None:
    """It is null, so that every reader takes the file."""
    sink = SINKS["jsonl"](tmp_path / "t.jsonl", COLUMNS[2:3])
    sink.write((float("-inf"),))
    sink.close()
    assert json.loads((tmp_path / "t.jsonl").read_text()) == {"share": None}


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is here")
def test_parquet_without_pyarrow_is_one_line(tmp_path: Path) -> None:
    """It says what is missing and what works without."""
    with pytest.raises(InputError, match="parquet needs pyarrow"):
        SINKS["parquet"](tmp_path / "t.parquet", COLUMNS)


def test_parquet_keeps_types_and_units(tmp_path: Path) -> None:
    """Where pyarrow is installed, columns are typed and carry their unit."""
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(_written(tmp_path / "t.parquet", "parquet"))
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "bool"]
    assert table.column("amount_nano").to_pylist() == [-5, 7, None, 2**62]
    assert table.column("name").to_pylist()[0] == "=cmd()"
