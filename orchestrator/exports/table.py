"""What an exported table is: columns with a meaning and a unit, and the rows that an event gives."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from orchestrator.memory.record import Entry, Record

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]
"""One cell for each column of the table, in their order; ``None`` where there is no value."""

Take = Callable[[Entry], Iterable[Row]]
"""Returns the rows that one line of the journal adds to a table."""

Kind = Literal["text", "integer", "number", "truth"]


class Column(NamedTuple):
    """A column.

    Attributes:
        name: Its header; ends in ``_nano`` for money.
        kind: What its cells are.
        meaning: What they say, for people.
        unit: Of a number; empty for a count, an id or a text.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


class Table(NamedTuple):
    """A table: one row for each fact of one sort, in the order of the journal.

    Attributes:
        name: What files are called and ``--table`` asks for.
        about: What a row is.
        columns: Its columns.
        reading: Returns what turns the entries of a record, given in their order, into rows.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    reading: Callable[[Record], Take]


NANO = "10^-9 of the currency"
"""The unit of money."""


def nano(name: str, meaning: str) -> Column:
    """Return a column of money.

    >>> nano("cost", "What it cost.").name
    'cost_nano'
    """
    return Column(f"{name}_nano", "integer", meaning, NANO)


ANNOUNCEMENT = Column("announcement", "text", "The announcement; with task and worker, a key.")
TASK = Column("task", "text", "The lot: the task, or for redundant tasks one of its copies.")
WORKER = Column("worker", "text", "The worker.")


def stateless(take: Take) -> Callable[[Record], Take]:
    """Return the reading of a table whose rows need nothing but their own event."""
    return lambda _: take
