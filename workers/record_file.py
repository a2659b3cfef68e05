"""Reading files of records line by line: CSV or JSON lines, compressed or not."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


class Sought(NamedTuple):
    """A column that a reader of a file looks for.

    Attributes:
        names: What it may be called; the first of these that is there is read, the cells of a
            column without any name are empty.
        required: Whether the file must have it.
    """

    names: tuple[str, ...]
    required: bool = True


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
    sought = [Sought(()) if name is None else Sought((name,)) for name in names]
    each_line(path, sought, lambda _, cells: take(Row._make(cells)))


def each_line(
    path: Path,
    columns: Sequence[Sought],
    take: Callable[[int, Sequence[str]], None],
    *,
    others: bool = True,
) -> None:
    """Hand the cells of some columns to a function, line by line.

    Args:
        path: As for `each_row`.
        columns: The columns, in the order in which their cells are handed over.
        take: Gets the number of the line on which the row ends, and its cells as text; lists and
            objects of JSON lines are text in JSON. A ``ValueError`` is reported with the line.
        others: Whether there may be other columns too.

    Raises:
        RecordsError: As for `each_row`.
    """
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    read = _json_rows if plain.suffix == ".jsonl" else _csv_rows
    try:
        with cast("IO[str]", _opened(path)) as file:
            lines = _Lines(file)
            try:
                for cells in read(lines, columns, others):
                    take(lines.number, cells)
            except UnicodeDecodeError:
                raise RecordsError(f"{_undecodable(path)}: expected text in UTF-8") from None
            except json.JSONDecodeError as error:
                place = f"{path}:{lines.number}:{error.colno}"
                raise RecordsError(f"{place}: expected JSON: {error.msg}") from None
            except (ValueError, RecursionError, csv.Error) as error:
                raise RecordsError(f"{path}:{lines.number}: {error}") from None
    except gzip.BadGzipFile:
        raise RecordsError(f"{path}: expected a file compressed by gzip") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise RecordsError(f"{path}: cannot be read: {reason}") from None


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


def _undecodable(path: Path) -> str:
    """Return the place of the first byte that is not UTF-8: files are decoded far ahead of the line."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(cast("IO[bytes]", file), 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return f"{path}:{number}:{error.start + 1}"
    return str(path)


def _csv_rows(lines: _Lines, columns: Sequence[Sought], others: bool) -> Iterator[list[str]]:
    reader = csv.reader(lines, strict=True)
    header = next(reader, list[str]())
    if not header:
        raise ValueError("expected a header, found an empty line or file")
    if not others:
        _refuse_others(columns, header)
    width = len(header)
    # what has no column is read from the empty cell that is put behind each line
    places = [_place(column, header) for column in columns]
    for cells in reader:
        if len(cells) != width:
            if not cells:
                continue
            raise ValueError(f"expected {width} cells, found {len(cells)}")
        cells.append("")
        yield [cells[place] for place in places]


def _place(column: Sought, header: list[str]) -> int:
    for name in column.names:
        if name in header:
            return header.index(name)
    if column.required and column.names:
        raise _lacking(column, header)
    return len(header)


def _refuse_others(columns: Sequence[Sought], header: Sequence[str]) -> None:
    sought = [name for column in columns for name in column.names]
    for name in header:
        if name not in sought:
            raise ValueError(f"unknown column {name!r}; known: {', '.join(sought)}")


def _json_rows(lines: _Lines, columns: Sequence[Sought], others: bool) -> Iterator[list[str]]:
    unseen = {column for column in columns if column.required and column.names}
    fields: dict[str, object] = {}
    for line in lines:
        if line.strip():
            entry: Any = json.loads(line)
            if not isinstance(entry, dict):
                raise ValueError("expected an object in braces")
            fields = cast("dict[str, object]", entry)
            if not others:
                _refuse_others(columns, list(fields))
            unseen = {column for column in unseen if fields.keys().isdisjoint(column.names)}
            yield [_cell(column, fields) for column in columns]
    for column in unseen:
        raise _lacking(column, fields)


def _cell(column: Sought, fields: Mapping[str, object]) -> str:
    for name in column.names:
        if name in fields:
            value = fields[name]
            if isinstance(value, dict | list):
                return json.dumps(value, ensure_ascii=False)
            return "" if value is None else str(value)
    return ""


def _lacking(column: Sought, known: Iterable[str]) -> ValueError:
    words = " or ".join(map(repr, column.names))
    named = (name if name.isprintable() else ascii(name) for name in known)
    return ValueError(f"there is no column {words}, only {', '.join(named) or 'empty lines'}")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the message that a name is not in the records, with the nearest that is."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no {what} {name!r} in the records{hint}"
