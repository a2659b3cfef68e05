"""What a sweep came to: one table for the terminal, and a sheet with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.drawing.canvas import short
from orchestrator.drawing.display import ABSENT, percent, plain
from orchestrator.drawing.interval_bars import Ranged, interval_bars
from orchestrator.drawing.plots import Point, scatter
from orchestrator.reports.sheet import Drawn, Listed, Sheet
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from orchestrator.sweep.result import Arm

_NOTE = (
    "Means per task. The difference is in utility, value times success less cost, to the first row on"
    " the same seeds and tasks; ± is half of its 95 % interval: over seeds from three seeds on, else"
    " over tasks."
)


def print_sweep(console: Console, found: Sequence[Arm], currency: str) -> None:
    """Print one row for each setting."""
    table = _table(found, currency)
    print_table(console, table.headers, table.rows)
    note(console, table.note)


def sweep_sheet(found: Sequence[Arm], name: str, currency: str) -> Sheet:
    """Return the same as a page with two figures."""
    cells = sum(arm.seeds for arm in found)
    return Sheet(
        f"Sweep of {name}",
        f"{len(found)} settings in {cells} runs. Every difference is to the first setting.",
        [_differences(found, currency), _cost_against_utility(found, currency)],
        [_table(found, currency)],
    )


def _table(found: Sequence[Arm], currency: str) -> Listed:
    headers = ["setting", "runs", "right", "cost", "paid", "utility", "difference", "±"]
    rows = [
        (
            plain(arm.name, 60),
            str(arm.seeds),
            percent(arm.success, 1),
            *(f"{amount:.4g}" for amount in (arm.cost, arm.paid, arm.utility)),
            *_difference(arm),
        )
        for arm in found
    ]
    return Listed("Settings", headers, rows, f"In {currency}. {_NOTE}")


def _difference(arm: Arm) -> tuple[str, str]:
    if arm.difference is None:
        return ABSENT, ""
    if arm.low is None or arm.high is None:
        return f"{arm.difference:+.3g}", ABSENT
    return f"{arm.difference:+.3g}", f"{(arm.high - arm.low) / 2:.2g}"


def _differences(found: Sequence[Arm], currency: str) -> Drawn:
    bars = [
        Ranged(
            short(plain(arm.name, 60), 26),
            arm.difference,
            arm.low,
            arm.high,
            f"{plain(arm.name, 200)}: {arm.difference:+.3g} {currency}",
            arm.high < 0,
        )
        for arm in found
        if arm.difference is not None and arm.low is not None and arm.high is not None
    ]
    return Drawn(
        f"Utility less that of {plain(found[0].name, 60)}",
        interval_bars(bars, f"{currency} per task"),
        "With 95 % intervals; in red what is surely worse.",
    )


def _cost_against_utility(found: Sequence[Arm], currency: str) -> Drawn:
    points = [
        Point(
            arm.cost,
            arm.utility,
            short(plain(arm.name, 60), 26),
            f"{plain(arm.name, 200)}: cost {arm.cost:.4g}, utility {arm.utility:.4g}",
            place == 0,
        )
        for place, arm in enumerate(found)
    ]
    svg = scatter(points, f"cost per task, {currency}", f"utility per task, {currency}")
    return Drawn("Cost against utility", svg, "The large circle is the first setting.")
