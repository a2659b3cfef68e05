"""Tests of reading files of records."""

import gzip
from pathlib import Path

import pytest

from workers.record_file import (
    RecordColumns,
    RecordsError,
    Row,
    Sought,
    each_line,
    each_row,
    unknown,
)

_COLUMNS = RecordColumns(question="q", worker="w", correct="ok", cost="usd")
_CSV = 'q,w,extra,ok,usd\nq1,ann,"a\nb",1,0.5\n\nq2,bob,,0,\n'
_JSON = '{"q": "q1", "w": "ann", "ok": true, "usd": 0.5}\n\n{"q": "q2", "w": "bob", "ok": 0}\n'


def _rows(path: Path) -> list[Row]:
    found: list[Row] = []
    each_row(path, _COLUMNS, found.append)
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [("r.csv", _CSV), ("r.csv.gz", _CSV), ("r.jsonl", _JSON), ("r.jsonl.gz", _JSON)],
)
def test_four_kinds_of_file_hold_the_same(tmp_path: Path, name: str, text: str) -> None:
    """CSV and JSON lines, compressed or not, with a byte order mark or empty lines."""
    path = tmp_path / name
    raw = b"\xef\xbb\xbf" + text.encode()
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    first, second = _rows(path)
    assert (first.question, first.worker, first.cost) == ("q1", "ann", "0.5")
    assert first.correct in {"1", "True"}
    assert (second.question, second.correct, second.cost, second.prompt) == ("q2", "0", "", "")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.csv", b"q,w,ok\n", r"r\.csv:1: there is no column 'usd', only q, w, ok"),
        ("r.csv", b"", r"r\.csv:1: expected a header"),
        ("r.csv", b"\0\n", r"r\.csv:1: there is no column 'q', only '.x00'"),
        ("r.csv", b"q,w,ok,usd\na,b,1,1\na,b,1\n", r"r\.csv:3: expected 4 cells, found 3"),
        ("r.csv", b'q,w,ok,usd\n"a"b,b,1,1\n', r"r\.csv:2: "),
        ("r.csv", b"q,w,ok,usd\n\xff,b,1,1\n", r"r\.csv:2:1: expected text in UTF-8"),
        ("r.csv.gz", b"not gzip", r"r\.csv\.gz: expected a file compressed"),
        (
            "r.csv.gz",
            gzip.compress(_CSV.encode())[:-9],
            r"r\.csv\.gz: cannot be read: Compressed file ended",
        ),
        ("r.jsonl", b'{"q": 1}\n[]\n', r"r\.jsonl:2: expected an object"),
        ("r.jsonl", b'{"q": 1}\n{\n', r"r\.jsonl:2:\d: expected JSON"),
        ("r.jsonl", b"[" * 100_000, r"r\.jsonl:1: "),
    ],
)
def test_a_bad_file_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """Whatever is wrong with a file is one message that names the file and, where known, the line."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecordsError, match=message):
        _rows(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The message names the path and what the system says."""
    with pytest.raises(RecordsError, match=r"none\.csv: cannot be read: No such file"):
        _rows(tmp_path / "none.csv")


def test_an_error_of_the_taker_gets_the_line(tmp_path: Path) -> None:
    """A row that the taker refuses is reported where it stands."""
    path = tmp_path / "r.csv"
    path.write_text("q,w,ok,usd\na,b,1,1\nc,b,1,1\n")

    def take(row: Row) -> None:
        if row.question == "c":
            raise ValueError("no c")

    with pytest.raises(RecordsError, match=r"r\.csv:3: no c"):
        each_row(path, _COLUMNS, take)


def test_an_unknown_name_suggests_the_nearest() -> None:
    """A slip of the pen is answered with the name that was meant."""
    assert unknown("worker", "gtp-4", ["gpt-4", "o3"]).endswith("did you mean 'gpt-4'?")
    assert unknown("worker", "zzz", ["gpt-4"]) == "there is no worker 'zzz' in the records"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.csv", 'model,shares\nann,"{""yes"": 1}"\n'),
        ("r.jsonl", '{"model": "ann", "shares": {"yes": 1}, "note": null}\n'),
    ],
)
def test_a_column_is_found_by_its_first_known_name(tmp_path: Path, name: str, text: str) -> None:
    """The first name that is there counts, an optional column may be absent, objects are JSON."""
    path = tmp_path / name
    path.write_text(text)
    found: list[tuple[int, list[str]]] = []
    sought = [Sought(("worker", "model")), Sought(("shares",)), Sought(("note",), required=False)]
    each_line(path, sought, lambda line, cells: found.append((line, list(cells))))
    assert found == [(2 if name == "r.csv" else 1, ["ann", '{"yes": 1}', ""])]


def test_a_field_that_no_line_has_is_lacking(tmp_path: Path) -> None:
    """JSON lines may leave a required field out, but not all of them."""
    path = tmp_path / "r.jsonl"
    path.write_text('{"a": 1}\n{"b": 2}\n')
    found: list[list[str]] = []
    each_line(path, [Sought(("a",))], lambda _, cells: found.append(list(cells)))
    assert found == [["1"], [""]]
    with pytest.raises(RecordsError, match="there is no column 'c' or 'd', only b"):
        each_line(path, [Sought(("c", "d"))], lambda _, __: None)
