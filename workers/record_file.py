"""Reading files of records line by line: CSV or JSON lines, compressed or not."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Annotated, Any, NamedTuple, cast

from pydantic import Field

from protocols.errors import TruthbidError
from protocols.units import Name
from workers.spec import Spec


class RecordsError(TruthbidError):
    """Raised when a file of records is not what it should be; names the file and the line."""


class RecordColumns(Spec):
    """Which column of the file holds what; optional columns may be left out."""

    question: Annotated[Name, Field(description="The question: the name of the task.")] = "question"
    worker: Annotated[Name, Field(description="The worker.")] = "worker"
    correct: Annotated[
        Name, Field(description="Whether it was right: 0, 1, true, false or a share of 1.")
    ] = "correct"
    cost: Annotated[Name | None, Field(description="What it cost, in units.")] = None
    confidence: Annotated[Name | None, Field(description="The stated probability.")] = None
    kind: Annotated[Name | None, Field(description="The kind of question.")] = None
    answer: Annotated[Name | None, Field(description="What was answered.")] = None
    prompt: Annotated[Name | None, Field(description="The question in words.")] = None


class Row(NamedTuple):
    """The cells of one line as text; a cell that has no column is empty."""

    question: str
    worker: str
    correct: str
    cost: str
    confidence: str
    kind: str
    answer: str
    prompt: str


def each_row(path: Path, columns: RecordColumns, take: Callable[[Row], None]) -> None:
    """Hand every row of a file to a function.

    Args:
        path: A CSV file with a header, or JSON lines (``.jsonl``); either may end in ``.gz``.
        columns: Which column holds what.
        take: Gets the rows; a ``ValueError`` that it raises is reported with the line.

    Raises:
        RecordsError: If the file cannot be read, lacks a column or has a row that makes no sense.
    """
    names: list[str | None] = [getattr(columns, field) for field in Row._fields]
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    read = _json_rows if plain.suffix == ".jsonl" else _csv_rows
    try:
        with cast("IO[str]", _opened(path)) as file:
            lines = _Lines(file)
            try:
                for row in read(lines, names):
                    take(row)
            except (ValueError, RecursionError, csv.Error) as error:
                raise RecordsError(f"{path}:{lines.number}: {error}") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise RecordsError(f"{path}: {reason}") from None


class _Lines:
    """The lines of a file, counted."""

    def __init__(self, file: IO[str]) -> None:
        self.number = 0
        self._file = file

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number += 1
        return next(self._file)


def _opened(path: Path) -> object:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv_rows(lines: _Lines, names: list[str | None]) -> Iterator[Row]:
    reader = csv.reader(lines, strict=True)
    header = next(reader, list[str]())
    if lacking := [name for name in names if name is not None and name not in header]:
        raise ValueError(f"there is no column {lacking[0]!r}, only {', '.join(header)}")
    width = len(header)
    # what has no column is read from the empty cell that is put behind each line
    places = [width if name is None else header.index(name) for name in names]
    for cells in reader:
        if len(cells) != width:
            if not cells:
                continue
            raise ValueError(f"expected {width} cells, found {len(cells)}")
        cells.append("")
        yield Row._make([cells[place] for place in places])


def _json_rows(lines: _Lines, names: list[str | None]) -> Iterator[Row]:
    for line in lines:
        if line.strip():
            entry: Any = json.loads(line)
            if not isinstance(entry, dict):
                raise ValueError("expected an object in braces")
            values = cast("dict[str, object]", entry)
            yield Row._make([_cell(values.get(name)) if name else "" for name in names])


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the message that a name is not in the records, with the nearest that is."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no {what} {name!r} in the records{hint}"
