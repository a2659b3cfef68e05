"""All tables by name, and what their columns mean."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from orchestrator.exports.auction_tables import AWARDS, BIDS, LOTS
from orchestrator.exports.standings_table import STANDINGS
from orchestrator.exports.table import Column, Row, Table
from orchestrator.exports.work_tables import COSTS, NEEDS, OUTCOMES, RESULTS, SETTLEMENTS, TASKS

TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (
        TASKS,
        NEEDS,
        LOTS,
        BIDS,
        AWARDS,
        RESULTS,
        OUTCOMES,
        SETTLEMENTS,
        STANDINGS,
        COSTS,
    )
}
"""Name -> table, in the order of a run."""

CODEBOOK: Final = (
    Column("table", "text", "The table."),
    Column("column", "text", "The column."),
    Column("kind", "text", "text, integer, number or truth."),
    Column("unit", "text", "Of a number."),
    Column("meaning", "text", "What its cells say."),
)


def codebook(tables: Iterable[Table]) -> Iterator[Row]:
    """Yield one row for each column of the tables."""
    for table in tables:
        for column in table.columns:
            yield table.name, column.name, column.kind, column.unit, column.meaning


def codebook_text() -> str:
    """Return the page of the documentation that lists all tables."""
    parts = ["# The columns of exported tables\n", "Written by `make docs` from the code.\n"]
    for table in TABLES.values():
        rows = "\n".join(
            f"| `{column.name}` | {column.kind} | {column.unit} | {column.meaning} |"
            for column in table.columns
        )
        head = "| column | kind | unit | meaning |\n| --- | --- | --- | --- |"
        parts.append(f"## {table.name}\n\n{table.about}\n\n{head}\n{rows}\n")
    return "\n".join(parts)
