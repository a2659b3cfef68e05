"""Rows of tables and traces of small journals, as the tests read them."""

from pathlib import Path
from typing import Any

from orchestrator.exports.table import Table
from orchestrator.exports.traces import traces
from orchestrator.memory.record import Record

Fact = dict[str, Any]


def rows(journal: Path, table: Table) -> list[Fact]:
    """Return the rows of a table with their column names."""
    names = [column.name for column in table.columns]
    with Record(journal) as record:
        take = table.reading(record)
        return [
            dict(zip(names, row, strict=True)) for entry in record.entries() for row in take(entry)
        ]


def traced(journal: Path, wanted: str) -> list[Fact]:
    """Return the traces of one sort."""
    with Record(journal) as record:
        return [trace for name, trace in traces(record.entries()) if name == wanted]
