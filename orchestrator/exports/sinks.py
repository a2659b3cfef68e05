r"""Where rows go: CSV, JSON lines or Parquet, one row at a time.

Text that others wrote cannot harm who opens the file. A cell of CSV that a spreadsheet would take
for a formula - one that begins with ``=``, ``+``, ``-``, ``@``, a tab, a line break or an apostrophe -
gets an apostrophe in front (OWASP, "CSV Injection"); a reader that drops one leading apostrophe of
text columns has the text again. Numbers are never touched, and JSON lines and Parquet have no
formulas. In every format signs that no UTF-8 file can hold become U+FFFD, in CSV control signs too.
"""

from __future__ import annotations

import csv
import json
import re
from importlib import import_module
from math import isfinite
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from orchestrator.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.exports.table import Cell, Column, Row

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_UNFIT: Final = re.compile("[\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_GROUP: Final = 10_000
"""So many rows make one row group of a Parquet file."""


class Sink(Protocol):
    """A file that takes rows."""

    def write(self, row: Row) -> None:
        """Add a row."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvSink:
    """CSV by RFC 4180 with a header, lines ended by a line feed; an empty cell is no value."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(column.name for column in columns)

    def write(self, row: Row) -> None:
        """Add a row."""
        self._writer.writerow(map(csv_cell, row))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class JsonLinesSink:
    """One object of JSON for each row, with a key for each column."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._names = [column.name for column in columns]
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")

    def write(self, row: Row) -> None:
        """Add a row."""
        self._file.write(json_line(dict(zip(self._names, map(_fit, row), strict=True))))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetSink:
    """Parquet with a typed column each, written in groups of rows.

    Raises:
        InputError: If pyarrow is not installed.
    """

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        arrow, parquet = _pyarrow()
        kinds = {
            "text": arrow.string(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "truth": arrow.bool_(),
        }
        fields = [
            arrow.field(each.name, kinds[each.kind], metadata={"unit": each.unit})
            for each in columns
        ]
        self._schema = arrow.schema(fields)
        self._batch = arrow.record_batch
        self._columns: list[list[Cell]] = [[] for _ in columns]
        self._writer = parquet.ParquetWriter(str(path), self._schema)

    def write(self, row: Row) -> None:
        """Add a row."""
        for column, cell in zip(self._columns, row, strict=True):
            column.append(_fit(cell))
        if len(self._columns[0]) >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._columns[0]:
            self._writer.write_batch(self._batch(self._columns, schema=self._schema))
            for column in self._columns:
                column.clear()


SINKS: Final[Mapping[str, Callable[[Path, Sequence[Column]], Sink]]] = {
    "csv": CsvSink,
    "jsonl": JsonLinesSink,
    "parquet": ParquetSink,
}
"""Format, which is the suffix of its files too -> what writes it."""


def csv_cell(cell: Cell) -> str:
    """Return a cell as text that no spreadsheet takes for a formula.

    >>> csv_cell("=1+1"), csv_cell(-3), csv_cell(True), csv_cell(None)
    ("'=1+1", '-3', 'true', '')
    """
    if isinstance(cell, str):
        text = _CONTROL.sub("�", cell)
        return f"'{text}" if text.startswith(_FORMULA) else text
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else repr(cell)


def _fit(cell: Cell) -> Cell:
    """Return a cell that UTF-8 and JSON can hold; an infinite score is no number there."""
    if isinstance(cell, str):
        return _UNFIT.sub("�", cell)
    return None if isinstance(cell, float) and not isfinite(cell) else cell


def json_line(data: object) -> str:
    """Return data as one line of JSON."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        message = "parquet needs pyarrow (pip install pyarrow); csv and jsonl need nothing"
        raise InputError([Problem("--format", message)]) from None
