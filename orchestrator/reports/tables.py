"""What a run came to, as tables on a terminal of 100 columns.

Colours come from rich, which leaves them out for NO_COLOR and where there is no terminal. Text that
others chose is shown without control characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import (
    ABSENT,
    amounts_column,
    money_column,
    money_text,
    number,
    percent,
    places,
    plain,
    plural,
)
from orchestrator.reports.findings import highest_confidence, overconfidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from rich.console import Console
    from rich.table import Table

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.evaluation.summary import Summary

MOST_WORKERS: Final = 12
"""So many workers have a row of their own."""

WIDTH: Final = 100
"""So many columns are used where there is room; a file always has room."""

_EDGES = 2
_SHORTEST_NAME = 8
_STATES = {"solved": "green", "failed": "red"}
_CLAIMS = {"overconfident": "[red]over[/]", "underconfident": "[yellow]under[/]"}


def console(file: TextIO | None = None) -> Console:
    """Return where tables are printed: as wide as the terminal; a file always has room.

    A reader that has seen enough, such as `head`, is a `BrokenPipeError`, as it is without tables.

    Args:
        file: Where the text goes; standard output if left out.
    """
    from rich.console import Console

    class Piped(Console):
        """Leaves it to the command line what a closed pipe means; rich would end the process."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Piped(file=file)
    return found if found.is_terminal else Piped(file=file, width=WIDTH)


def print_summary(console: Console, summary: Summary) -> None:
    """Print the totals of a run, and a row for each of the workers with most awards."""
    ranked = sorted(summary.workers.values(), key=lambda worker: -worker.awards)
    shown, hidden = ranked[:MOST_WORKERS], ranked[MOST_WORKERS:]
    decimals = places(each for worker in shown for each in (worker.paid, worker.cost))
    rows: list[Sequence[str]] = [
        (
            worker.worker,
            f"{worker.bids:,}",
            f"{worker.awards:,}",
            f"{worker.solved:,}",
            percent(worker.report.value),
            percent(worker.success.value),
            number(worker.brier.value),
            *(money_text(each, decimals) for each in (worker.paid, worker.cost, worker.profit)),
        )
        for worker in shown
    ]
    if hidden:
        awards = f"{sum(worker.awards for worker in hidden):,}"
        rows.append((f"... and {len(hidden)} more", "", awards, *[""] * 7))
    headers = ["worker", "bids", "awards", "solved", "stated", "actual", "Brier"]
    print_table(console, [*headers, "paid", "cost", "profit"], rows)
    note(
        console,
        "Brier score: mean squared error of the stated chance, lower is better. "
        f"Profit: {_earned(summary)} less cost. Money in {plain(summary.currency, 20)}.",
    )
    console.print(_totals(summary))


def print_baselines(console: Console, found: Baselines, currency: str) -> None:
    """Print what other rules would have brought, as means per task."""
    if not found.rows:
        console.print(highest_confidence(found, currency), highlight=False)
        return
    costs, utilities, differences, errors = (
        amounts_column([getattr(row, name) for row in found.rows])
        for name in ("cost", "utility", "difference", "error")
    )
    numbers = zip(found.rows, costs, utilities, differences, errors, strict=True)
    rows = [
        (
            row.label,
            percent(row.accuracy, 1),
            cost,
            utility,
            difference if place else ABSENT,
            f"± {error}" if place and error != ABSENT else ABSENT,
        )
        for place, (row, cost, utility, difference, error) in enumerate(numbers)
    ]
    headers = ["who gets each task", "right", "cost", "utility", "difference", "std. error"]
    print_table(console, headers, rows)
    note(console, " ".join(_about(found, currency)))


def print_honesty(console: Console, found: Sequence[Honesty], currency: str) -> None:
    """Print how the reports of each worker compare with what came true, and what they cost it."""
    shown = sorted(found, key=lambda each: -each.settled)[:MOST_WORKERS]
    if not shown:
        console.print(overconfidence(found, currency), highlight=False)
        return
    stakes = money_column([each.stake_loss for each in shown])
    losses = money_column(
        [again.loss if (again := each.counterfactual) else None for each in shown]
    )
    rows = [
        (
            each.worker,
            f"{each.settled:,}",
            percent(each.stated),
            percent(each.realised),
            claims(each.verdict),
            number(each.corp.miscalibration),
            number(each.corp.discrimination),
            _moved(each),
            stake,
            loss,
        )
        for each, stake, loss in zip(shown, stakes, losses, strict=True)
    ]
    headers = ["worker", "settled", "stated", "actual", "claims", "MCB", "DSC"]
    print_table(console, [*headers, "awards", "stake", "lost by it"], rows)
    note(
        console,
        "MCB: miscalibration, 0 is best. DSC: discrimination, more is better. Awards: lost and"
        " gained, had it reported its realised rate. Stake: what that rate would have been paid"
        " more for the same outcomes. Lost by it: what it would have earned more in all. Money"
        f" in {plain(currency, 20)}.",
    )


def print_findings(
    console: Console, compared: Baselines, found: Sequence[Honesty], currency: str
) -> None:
    """Print in words what overconfidence and trust in confidence would have cost."""
    sentences = [overconfidence(found, currency)]
    if compared.rows:
        sentences.append(highest_confidence(compared, currency))
    for sentence in sentences:
        console.print(sentence, highlight=False, markup=False)


def note(console: Console, text: str) -> None:
    """Print an explanation below a table."""
    console.print(text, style="dim", highlight=False, markup=False)


def print_table(console: Console, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: names on the left, cut to the room that the columns of numbers leave."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    width = min(console.width, WIDTH)
    gap = 2 if width == WIDTH else 1
    cells = [[Text.from_markup(cell) for cell in row[1:]] for row in rows]
    widths = [
        max([len(header), *(row[place].cell_len for row in cells)])
        for place, header in enumerate(headers[1:])
    ]
    room = max(_SHORTEST_NAME, width - _EDGES - sum(widths) - gap * len(widths))
    table = Table(box=SIMPLE_HEAD, padding=(0, 0, 0, gap - 1), pad_edge=False)
    table.add_column(headers[0], no_wrap=True, overflow="ellipsis")
    for header in headers[1:]:
        table.add_column(header, justify="right", no_wrap=True)
    for row, numbers in zip(rows, cells, strict=True):
        table.add_row(Text(plain(row[0], room)), *numbers)
    # rich would cut the numbers to a terminal that is too narrow for them: let it wrap the lines
    there = console.width
    least = _EDGES + max(room, len(headers[0])) + sum(widths) + gap * len(widths)
    console.width = max(there, least)
    console.print(table, width=max(width, least), crop=False)
    console.width = there


# ----------------------------------------------------------------------------------------------


def claims(verdict: str) -> str:
    """Write a verdict on somebody's reports as a cell."""
    return _CLAIMS.get(verdict, verdict)


def _earned(summary: Summary) -> str:
    """Say what profit is made of beside the pay of contracts."""
    more = any(worker.compensation for worker in summary.workers.values())
    return "paid, with compensation and penalties for awards without work," if more else "paid"


def _totals(summary: Summary) -> Table:
    from rich.table import Table

    value, cash, utility, bids = money_column(
        [summary.value, summary.cash, summary.utility, summary.bid_charges]
    )
    left = summary.budget_left
    kept = "" if left is None else f", budget left {money_text(left)}"
    again = f", {plural(summary.reannounced, 'lot')} announced again" if summary.reannounced else ""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    grid.add_row("tasks", states(summary))
    grid.add_row("value of solved tasks", value)
    grid.add_row("cash spent", f"{cash}  of which for bids {bids}{kept}")
    grid.add_row("utility", f"{utility}  value less cash")
    if summary.overpayment is not None:
        ratio = f"{summary.overpayment:.2f}  paid by contract per metered cost of the settled work"
        grid.add_row("overpayment ratio", ratio)
    made = plural(summary.announcements, "announcement")
    grid.add_row("market", f"{made}{again}, {plural(summary.events, 'event')}")
    return grid


def states(summary: Summary) -> str:
    """Say how many tasks ended how, in colours."""
    counts = [*summary.states.items(), ("open", summary.open_tasks)]
    told = [
        f"[{_STATES.get(state, 'yellow')}]{count:,} {state}[/]" for state, count in counts if count
    ]
    return f"{summary.tasks:,}: {', '.join(told)}" if told else "0"


def _about(found: Baselines, currency: str) -> Iterator[str]:
    yield (
        f"Means over {plural(found.tasks, 'task')}, in {plain(currency, 20)}. Utility: value of the"
        " successes less metered cost; bids left out."
    )
    yield "Difference to the market's first attempt; standard error by a paired bootstrap over tasks."
    if found.absent:
        names = plain(", ".join(found.absent), 200)
        yield f"Left out, since they cannot be called again: {names}."
    if found.left_out:
        yield f"{plural(found.left_out, 'task')} left out: no verifier, or no end."


def _moved(each: Honesty) -> str:
    again = each.counterfactual
    return ABSENT if again is None else f"-{again.lost} +{again.gained}"
