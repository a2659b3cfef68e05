"""Reads an auction or a swap from a file: YAML or JSON as it is, a table with one bid per row."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.swap import SwapFile
from orchestrator.errors import InputError, Problem
from orchestrator.strict_yaml.loader import load
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_text import read_text
from workers.record_file import RecordsError, Sought, each_line

NEEDED: Final = ("task", "worker", "cost", "value")
CSV_COLUMNS: Final = (*NEEDED, "probability", "reserve", "size", "capacity")
"""The columns of an auction as a table; those that are not needed may be left out."""


def is_table(path: Path) -> bool:
    """Return whether a file has one bid per row: CSV or JSON lines, compressed or not.

    >>> [is_table(Path(name)) for name in ("bids.csv.gz", "bids.jsonl", "bids.json")]
    [True, True, False]
    """
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    return plain.suffix in {".csv", ".jsonl"}


def is_swap(path: Path) -> bool:
    """Return whether a file is about tasks that are held, and not about tasks that are put up.

    Raises:
        InputError: If the file cannot be read.
    """
    if is_table(path):
        return False
    held = parse(read_text(path, str(path)), str(path)).root.value
    return isinstance(held, dict) and "holders" in held


def load_swap(path: Path, overrides: Sequence[str]) -> SwapFile:
    """Read a swap from YAML or JSON.

    Raises:
        InputError: If the file is not a swap; says where and what was expected.
    """
    return load(path, SwapFile, overrides)


def load_auction(path: Path, overrides: Sequence[str]) -> AuctionFile:
    """Read an auction from YAML, JSON, CSV or JSON lines.

    Raises:
        InputError: If the file is not an auction; says where and what was expected.
    """
    if is_table(path):
        return _from_table(path, overrides)
    return load(path, AuctionFile, overrides)


def _from_table(path: Path, overrides: Sequence[str]) -> AuctionFile:
    """Read one bid per row; a task's value and reserve are those of its first row."""
    tasks: dict[str, dict[str, str]] = {}
    workers: dict[str, dict[str, Any]] = {}
    bids: list[dict[str, Any]] = []
    lines: list[int] = []
    for line, row in _rows(path):
        tasks.setdefault(row["task"], _given(row, "value", "reserve", id="task"))
        if row.get("capacity"):
            workers[row["worker"]] = {"id": row["worker"], "capacity": _number(row["capacity"])}
        bid: dict[str, Any] = _given(row, "worker", "cost", task="task")
        for column in ("probability", "size"):
            if row.get(column):
                bid[column] = _number(row[column])
        bids.append(bid)
        lines.append(line)
    data = {"tasks": list(tasks.values()), "workers": list(workers.values()), "bids": bids}
    return _validated(path, data, overrides, lines)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    found: list[tuple[int, dict[str, str]]] = []
    sought = [Sought((name,), required=name in NEEDED) for name in CSV_COLUMNS]

    def take(line: int, cells: Sequence[str]) -> None:
        found.append((line, dict(zip(CSV_COLUMNS, cells, strict=True))))

    try:
        each_line(path, sought, take, others=False)
    except RecordsError as error:
        where, _, message = str(error).partition(": ")
        raise _bad(where, message) from None
    return found


def _given(row: Mapping[str, str], *names: str, **renamed: str) -> dict[str, Any]:
    found = {name: row[name] for name in names if row.get(name)}
    return {**{new: row[old] for new, old in renamed.items()}, **found}


def _number(text: str) -> object:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            pass
    return text


def _validated(
    path: Path, data: dict[str, Any], overrides: Sequence[str], lines: Sequence[int]
) -> AuctionFile:
    for override in overrides:
        key, _, value = override.partition("=")
        if key not in {"mechanism", "seed"} and not key.startswith("mechanism."):
            raise _bad(
                f"--set {override}", "a table of bids takes mechanism, mechanism.* and seed only"
            )
        place = data
        *above, last = key.split(".")
        for name in above:
            part: object = place.setdefault(name, {})
            if not isinstance(part, dict):
                raise _bad(f"--set {override}", f"{name} is set to a word already")
            place = cast("dict[str, Any]", part)
        place[last] = _number(value)
    try:
        return AuctionFile.model_validate(data)
    except ValidationError as error:
        raise InputError(
            Problem(_where(path, problem["loc"], lines), problem["msg"].lower())
            for problem in error.errors(include_url=False)
        ) from error


def _where(path: Path, loc: tuple[int | str, ...], lines: Sequence[int]) -> str:
    field = ".".join(map(str, loc))
    line = lines[loc[1]] if len(loc) > 1 and loc[0] == "bids" and isinstance(loc[1], int) else 1
    return f"{path}:{line} {field}:"


def _bad(where: str, message: str) -> InputError:
    return InputError([Problem(where, message)])
