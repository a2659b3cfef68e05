"""What a run came to, as tables on a terminal of 100 columns.

Colours come from rich, which leaves them out for NO_COLOR and where there is no terminal. Names
that others chose are shown without control characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.display import (
    money_column,
    money_text,
    number,
    percent,
    places,
    plain,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.table import Table

    from orchestrator.summary import Summary

MOST_WORKERS: Final = 12
"""So many workers have a row of their own."""

_LONGEST_NAME = 18

_STATE_STYLES = {"solved": "green", "failed": "red"}


def print_summary(console: Console, summary: Summary) -> None:
    """Print the totals of a run and one row for each of the workers with most awards."""
    console.print(_workers(summary))
    console.print(
        "Brier score: mean squared error of the stated chance, lower is better. "
        f"Profit is paid less cost. Money in {plain(summary.currency, 20)}.",
        style="dim",
        highlight=False,
    )
    console.print(_totals(summary))


def _workers(summary: Summary) -> Table:
    table = table_of(
        ["worker"],
        ["bids", "awards", "solved", "stated", "actual", "Brier", "paid", "cost", "profit"],
    )
    ranked = sorted(summary.workers.values(), key=lambda worker: -worker.awards)
    shown, hidden = ranked[:MOST_WORKERS], ranked[MOST_WORKERS:]
    decimals = places(each for worker in shown for each in (worker.paid, worker.cost))
    for worker in shown:
        table.add_row(
            plain(worker.worker, _LONGEST_NAME),
            f"{worker.bids:,}",
            f"{worker.awards:,}",
            f"{worker.solved:,}",
            percent(worker.report.value),
            percent(worker.success.value),
            number(worker.brier.value),
            *(money_text(each, decimals) for each in (worker.paid, worker.cost, worker.profit)),
            style=None if worker.awards else "dim",
        )
    if hidden:
        awards = sum(worker.awards for worker in hidden)
        table.add_row(f"... and {len(hidden)} more", "", f"{awards:,}", style="dim")
    return table


def _totals(summary: Summary) -> Table:
    from rich.table import Table
    from rich.text import Text

    value, cash, utility, bids = money_column(
        [summary.value, summary.cash, summary.utility, summary.bid_charges]
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    grid.add_row("tasks", _states(summary))
    grid.add_row("value of solved tasks", value)
    grid.add_row("cash spent", f"{cash}  of which for bids {bids}{_left(summary)}")
    grid.add_row("utility", Text(f"{utility}  value less cash"))
    if summary.overpayment is not None:
        ratio = f"{summary.overpayment:.2f}  paid by contract per metered cost of the settled work"
        grid.add_row("overpayment ratio", ratio)
    again = f", {plural(summary.reannounced, 'lot')} announced again" if summary.reannounced else ""
    made = plural(summary.announcements, "announcement")
    grid.add_row("market", f"{made}{again}, {plural(summary.events, 'event')}")
    return grid


def _states(summary: Summary) -> str:
    counts = [*summary.states.items(), ("open", summary.open_tasks)]
    told = ", ".join(_coloured(state, count) for state, count in counts if count)
    return f"{summary.tasks:,}: {told}" if told else "0"


def _coloured(state: str, count: int) -> str:
    style = _STATE_STYLES.get(state, "yellow")
    return f"[{style}]{count:,} {state}[/]"


def _left(summary: Summary) -> str:
    left = summary.budget_left
    return "" if left is None else f", budget left {money_text(left)}"


def table_of(texts: Iterable[str], numbers: Iterable[str], title: str | None = None) -> Table:
    """Return an empty table: columns of text on the left, then right-aligned numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        box=SIMPLE_HEAD, padding=(0, 0, 0, 1), pad_edge=False, title=title, title_justify="left"
    )
    for name in texts:
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table
