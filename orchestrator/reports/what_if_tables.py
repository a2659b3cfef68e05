"""What other mechanisms would have brought, as a table and sentences on a terminal."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import ABSENT, money_column, plain, plural
from orchestrator.reports.tables import note, print_table
from protocols.units import NANO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from orchestrator.evaluation.what_if import Difference, Row, WhatIf

UNKNOWN: Final = "unknown"
_OTHER_WAYS: Final = {"inverse-propensity": "IPS", "self-normalised": "SNIPS"}


def print_what_if(console: Console, found: WhatIf, currency: str) -> None:
    """Print a row for each mechanism under that of the run, the differences, and what they mean."""
    _print_totals(console, found)
    for sentence in _sentences(found, currency):
        note(console, sentence)
    if any(row.known + row.estimated for row in found.rows):
        _print_differences(console, found.rows)
        note(
            console,
            "Mechanism less run, summed over the tasks of which something can be said; standard"
            " errors are paired, over tasks and draws.",
        )
    if any(row.unknown for row in found.rows):
        note(console, "Where part is unknown, what is known is no fair sample of the whole.")
    for row in found.rows:
        for reason, count in row.unknown.items():
            text = f"{plain(row.name, 60)}: {plural(count, 'task')} unknown: {reason}."
            console.print(text, highlight=False, markup=False)


def _print_totals(console: Console, found: WhatIf) -> None:
    columns = [
        _money([found.actual[name], *(_total(row, name) for row in found.rows)])
        for name in ("value", "cost", "paid", "surplus")
    ]
    solved = [f"{found.actual['solved']:,.0f}", *(_solved(row) for row in found.rows)]
    names = ["the run, as it was", *(row.name for row in found.rows)]
    known = [f"{found.tasks:,}", *(f"{row.known:,}" for row in found.rows)]
    drawn = ["", *(f"{row.estimated:,}" if row.estimated else "" for row in found.rows)]
    open_ = ["", *(f"{sum(row.unknown.values()):,}" if row.unknown else "" for row in found.rows)]
    rows = list(zip(names, known, drawn, open_, solved, *columns, strict=True))
    headers = ["mechanism", "known", "estimated", "unknown", "solved"]
    print_table(console, [*headers, "value", "cost", "paid", "surplus"], rows)


def _print_differences(console: Console, rows: Sequence[Row]) -> None:
    lines = [
        (row.name if way == next(iter(row.found)) else f"  by {_OTHER_WAYS[way]}", each)
        for row in rows
        for way, each in row.found.items()
        if row.known + row.estimated
    ]
    cells: list[list[str]] = [[_signed(each["solved"]) for _, each in lines]]
    cells.append([_error(each["solved"]) for _, each in lines])
    for name in ("paid", "surplus"):
        cells.append(_money([each[name].difference for _, each in lines]))
        cells.append([f"± {text}" for text in _money([each[name].error for _, each in lines])])
    table = list(zip((name for name, _ in lines), *cells, strict=True))
    headers = ["difference", "solved", "std. error", "paid", "std. error", "surplus", "std. error"]
    print_table(console, headers, table)


def _sentences(found: WhatIf, currency: str) -> Iterator[str]:
    yield (
        f"Money in {plain(currency, 20)}. Surplus: value less pay. The bids are those of the run: who"
        " is paid otherwise may bid otherwise, which `truthbid audit` plays through."
    )
    if any(row.estimated for row in found.rows):
        yield (
            f"Estimated from {plural(found.draws, 'award')} that the run drew by lot: doubly robust,"
            " beside it inverse propensity (IPS) and its self-normalised form (SNIPS). What follows a"
            " failure is left out there, on both sides."
        )
    if found.left_out:
        yield f"{plural(found.left_out, 'task')} left out: called off, or not over."
    for row in found.rows:
        if row.uncleared:
            count = plural(row.uncleared, "announcement")
            yield f"{plain(row.name, 60)} could not clear {count}; their lots stay unsold."


def _total(row: Row, name: str) -> float | None:
    return row.best[name].total if row.whole else None


def _solved(row: Row) -> str:
    if not row.whole:
        return UNKNOWN
    total = row.best["solved"].total
    return f"{total:,.1f}" if row.estimated else f"{total:,.0f}"


def _money(amounts: Sequence[float | None]) -> list[str]:
    """Write amounts in units with the same decimals; what is not known is said."""
    shown = [None if each is None or not isfinite(each) else round(each * NANO) for each in amounts]
    texts = money_column(shown)
    return [
        UNKNOWN if amount is None else ABSENT if shown[place] is None else texts[place]
        for place, amount in enumerate(amounts)
    ]


def _signed(found: Difference) -> str:
    return ABSENT if not isfinite(found.difference) else f"{found.difference:+,.1f}"


def _error(found: Difference) -> str:
    return ABSENT if not isfinite(found.error) else f"± {found.error:,.1f}"


def as_data(found: WhatIf, currency: str, about: Mapping[str, str | None]) -> dict[str, object]:
    """Return everything as data for programs; money in units of the currency."""
    return {**about, "currency": currency, **found.to_data()}
