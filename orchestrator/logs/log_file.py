"""Reading somebody else's log: which of its columns holds what, and one line for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.errors import InputError, Problem
from workers.record_file import RecordsError, Sought, each_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

OPTION: Final = "--columns"
"""The option with which a user names columns."""

MISSING: Final = frozenset({"", "nan", "na", "n/a", "null", "none"})
"""How logs write that there is no value, in lower case."""


def read_log(
    path: Path,
    roles: Mapping[str, Sought],
    chosen: str,
    take: Callable[[int, Sequence[str]], None],
) -> None:
    """Hand the rows of a log to a function, and blame the user's file for what is wrong.

    Args:
        path: CSV with a header or JSON lines (``.jsonl``); either may end in ``.gz``.
        roles: What is read, and how its column is called unless the user says otherwise.
        chosen: What the user says: ``role=column``, with commas between; may be empty.
        take: Gets the number of each line and its cells, in the order of the roles; a
            ``ValueError`` says what was expected.

    Raises:
        InputError: If the choice or the file cannot be used, or holds no rows.
    """
    columns = {**roles, **choice(chosen, roles)}
    rows = 0

    def count(line: int, cells: Sequence[str]) -> None:
        nonlocal rows
        rows += 1
        take(line, cells)

    try:
        each_line(path, list(columns.values()), count)
    except RecordsError as error:
        where, _, message = str(error).partition(": ")
        hint = _hint(columns) if message.startswith("there is no column") else ""
        raise InputError([Problem(where, message + hint)]) from None
    if not rows:
        raise InputError([Problem(str(path), "expected at least one row below the header")])


def choice(chosen: str, roles: Mapping[str, Sought]) -> dict[str, Sought]:
    """Return the columns that a user names, by role.

    Raises:
        InputError: If a role is unknown or named twice, or a column has no name.

    >>> choice("worker=model", {"worker": Sought(("worker",), required=False)})
    {'worker': Sought(names=('model',), required=True)}
    """
    found: dict[str, Sought] = {}
    for part in filter(None, chosen.split(",")):
        role, _, column = (word.strip() for word in part.partition("="))
        if role not in roles or role in found or not column:
            message = f"expected ROLE=COLUMN with each of {', '.join(roles)} once, not {part!r}"
            raise InputError([Problem(OPTION, message)])
        found[role] = Sought((column,))
    return found


def number(text: str, what: str, scale: float = 1.0) -> float:
    """Return a number in [0, 1].

    Args:
        text: The cell.
        what: What the number is, for the message.
        scale: What stands for 1 in the file.

    Raises:
        ValueError: If it is none.

    >>> number("9", "report", scale=10)
    0.9
    """
    try:
        value = float(text) / scale
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{what}: expected a number from 0 to {scale:g}, not {text!r}")
    return value


def _hint(columns: Mapping[str, Sought]) -> str:
    needed = [role for role, column in columns.items() if column.required]
    return f"; say which columns hold {' and '.join(needed)}: {OPTION} {needed[0]}=..."
