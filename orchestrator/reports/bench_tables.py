"""What an offline comparison found: tables for the terminal, and a sheet with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import ABSENT, number, percent, plain, plural
from orchestrator.drawing.interval_bars import Ranged, interval_bars
from orchestrator.drawing.plots import Point, frontier, scatter
from orchestrator.reports.sheet import Drawn, Listed, Sheet
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from orchestrator.bench.reach import Need, Reach
    from orchestrator.bench.study import Row, Study

NAMES: Final = {
    "best-single": "best single worker",
    "mixing": "mixing single workers",
    "table": "table per kind",
    "market": "market, bids from the table",
    "market-bandit": "market from nothing, bandit",
    "market-full": "market from nothing, sees all",
    "most-confident": "highest stated confidence",
    "recalibrated": "isotonic chance",
    "market-stated": "market, bids as stated",
    "market-recalibrated": "market, recalibrated",
    "probe": "paid probe, one threshold",
    "market-paid": "market after a paid probe",
    "escalation-all": "escalation, all workers",
    "escalation": "escalation, workers chosen",
    "oracle": "oracle",
}
"""Ways of choosing -> how they are called in tables."""

_DRAWN: Final = {
    "market-paid": "probe",
    "escalation": "escalation",
    "market": "market",
    "market-recalibrated": "recalibrated",
    "best-single": "best single",
    "most-confident": "loudest",
    "oracle": "oracle",
}
"""The rows of the figure of cost against quality, and their labels, the first ones
where there is most room."""

_SIGNIFICANT: Final = 2.0
_RARE: Final = 0.005
_READ: Final = (
    "Cells: how much of the way from the best single worker to the oracle is gone. Behind them:"
    " better (+) or worse (-) than the market of the same regime by more than two standard errors,"
    " or no difference (=). ±: the standard deviation over random orders of the questions."
)
_COSTS: Final = (
    "Cost in per cent of that of the most accurate single worker of the first part, where it is as"
    " right as 95, 99 and 100 % of it; over all values of a success, mixtures allowed. ±: the standard"
    " error, by a bootstrap over groups; in brackets in how many of 100 resamples it never gets there."
)


def print_bench(console: Console, found: Study, currency: str, *, details: bool) -> None:
    """Print what was found; with details a table for each value of a success."""
    console.print(_about(found), highlight=False, markup=False)
    for table in tables_of(found, currency, details=details):
        console.print(f"\n{table.title}", highlight=False, markup=False)
        print_table(console, table.headers, table.rows)
        if table.note:
            note(console, table.note)
    for sentence in found.notes:
        console.print(sentence, highlight=False, markup=False)


def bench_sheet(found: Study, title: str, currency: str) -> Sheet:
    """Return the same as a page, with cost against quality and the differences to the market."""
    value = _middle(found)
    return Sheet(
        f"Bench of {title}",
        _about(found),
        [_cost_against_quality(found, value, currency), _differences(found, value, currency)],
        tables_of(found, currency, details=True),
    )


def tables_of(found: Study, currency: str, *, details: bool) -> list[Listed]:
    """Return what was found as tables; with details one more for each value of a success."""
    shown = [_closed(found), _reached(found)]
    if details:
        shown += [_detail(value, rows, currency) for value, rows in found.rows.items()]
    return shown


def _about(found: Study) -> str:
    return (
        f"{plural(len(found.workers), 'worker')}; learned and chosen from"
        f" {plural(found.fit, 'question')}, judged on {plural(found.asked, 'other')}"
        f" of {plural(found.groups, 'group')}."
    )


def _closed(found: Study) -> Listed:
    """Return how much of the oracle's lead each way of choosing gains, at every value."""
    ways = {(row.regime, row.name): None for rows in found.rows.values() for row in rows}
    by_name = [{(row.regime, row.name): row for row in rows} for rows in found.rows.values()]
    headers = ["a success is worth", "regime", *(f"{value:g}" for value in found.rows)]
    rows = [
        (NAMES[name], regime, *(_share(rows.get((regime, name))) for rows in by_name))
        for regime, name in ways
        if name != "oracle"
    ]
    return Listed("Share of the oracle's lead", headers, rows, _READ)


def _share(row: Row | None) -> str:
    if row is None or row.closed is None:
        return ABSENT
    spread = "" if row.closed_spread is None else f"±{number(row.closed_spread, 2)} "
    return f"{number(row.closed, 2)} {spread}{_mark(row)}"


def _mark(row: Row) -> str:
    if row.name.startswith("market") and row.error == 0.0:
        return " "
    if abs(row.difference) <= _SIGNIFICANT * row.error:
        return "="
    return "+" if row.difference > 0 else "-"


def _reached(found: Study) -> Listed:
    shares = list(found.reach[0].needs)
    rows = [(NAMES[each.name], each.regime, *_reach_cells(each)) for each in found.reach]
    headers = ["what an accuracy costs", "regime", *shares, "most right"]
    return Listed("Cost for the accuracy of the best model", headers, rows, _COSTS)


def _reach_cells(each: Reach) -> Iterator[str]:
    for need in each.needs.values():
        yield _needed(need)
    yield percent(each.best, 1)


def _needed(need: Need) -> str:
    """Write a cost and its error in per cent; how often it is missed, if not next to never."""
    if need.cost is None:
        return "never"
    text = f"{100 * need.cost:.0f}"
    if need.error:
        text += f" ±{100 * need.error:.0f}"
    return text if need.missed < _RARE else f"{text} ({100 * need.missed:.0f})"


def _detail(value: float, rows: Sequence[Row], currency: str) -> Listed:
    cells = [
        (
            plain(row.label, 60),
            row.regime,
            percent(row.accuracy, 1),
            *(_money(each) for each in (row.cost, row.paid, row.utility)),
            f"{row.difference:+.3g}" if row.error else "",
            f"{row.error:.2g}" if row.error else "",
        )
        for row in rows
    ]
    headers = ["who gets it", "regime", "right", "cost", "paid", "utility", "to market", "se"]
    title = f"A success is worth {value:g} {currency}; means per question in {currency}"
    return Listed(title, headers, cells)


def _money(amount: float) -> str:
    return f"{amount:.4g}"


def _middle(found: Study) -> float:
    values = list(found.rows)
    return values[len(values) // 2]


def _cost_against_quality(found: Study, value: float, currency: str) -> Drawn:
    points = [
        Point(cost, 100 * right, "", f"{plain(name, 60)}: {percent(right, 1)}, {_money(cost)}")
        for name, cost, right in found.singles
    ]
    drawn = {row.name: row for row in found.rows[value]}
    points += [
        Point(
            row.cost,
            100 * row.accuracy,
            label,
            f"{plain(row.label, 80)} ({row.regime}): {percent(row.accuracy, 1)}, {_money(row.cost)}",
            row.name.startswith("market"),
        )
        for name, label in _DRAWN.items()
        if (row := drawn.get(name)) is not None
    ]
    line = frontier((cost, 100 * right) for _, cost, right in found.singles)
    svg = scatter(points, f"cost per question, {currency}", "right, %", line)
    return Drawn(
        f"Cost against quality, a success worth {value:g} {currency}",
        svg,
        "Small circles: every question to one and the same worker; the line is the best that mixing"
        " them can do. Large circles: the market. Up and to the left is better.",
    )


def _differences(found: Study, value: float, currency: str) -> Drawn:
    bars = [
        Ranged(
            NAMES[row.name],
            row.difference,
            row.difference - _SIGNIFICANT * row.error,
            row.difference + _SIGNIFICANT * row.error,
            f"{row.difference:+.3g} {currency}, standard error {row.error:.2g}",
            row.difference < -_SIGNIFICANT * row.error,
        )
        for row in found.rows[value]
        if row.error and row.name != "oracle"
    ]
    return Drawn(
        f"Utility less that of the market of the same regime, at {value:g} {currency}",
        interval_bars(bars, f"{currency} per question"),
        "Left of zero the market is better, in red surely so. The intervals are two standard errors wide on each side,"
        " from a paired bootstrap over groups.",
    )
