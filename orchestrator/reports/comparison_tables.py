"""Two runs next to each other, as tables and sentences on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import ABSENT, amounts_column, finite, percent, plain, plural
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from orchestrator.evaluation.pairing import Comparison, Contrast
    from orchestrator.evaluation.settings_diff import Setting

MOST_SETTINGS: Final = 30
"""So many settings that differ are listed."""

_LONGEST: Final = 40


def print_comparison(
    console: Console, found: Comparison, names: tuple[str, str], currency: str
) -> None:
    """Print both runs over the tasks that both had, over the others, and what was set otherwise."""
    if found.same:
        _print_contrasts(
            console, found.same, f"{plural(found.paired, 'task')} of both", paired=True
        )
        note(
            console,
            f"Means per task, money in {plain(currency, 20)}; utility is value less cost. Difference:"
            f" {plain(names[1], 60)} less {plain(names[0], 60)}, standard error by a paired bootstrap"
            " over tasks; a star where it is more than two of them. More, less: in how many tasks.",
        )
    else:
        console.print("The two runs have no task in common.", highlight=False)
    if found.others:
        title = f"{found.only_first:,} and {found.only_second:,} other tasks"
        _print_contrasts(console, found.others, title, paired=False)
        note(console, "These tasks are not the same, so part of the difference may be theirs.")
    elif found.only_first or found.only_second:
        console.print(
            f"Only in the first: {plural(found.only_first, 'task')}; only in the second:"
            f" {plural(found.only_second, 'task')}.",
            highlight=False,
        )
    _print_settings(console, found.settings, names)


def _print_contrasts(
    console: Console, found: Mapping[str, Contrast], title: str, *, paired: bool
) -> None:
    rows: list[Sequence[str]] = []
    for name, each in found.items():
        numbers = (each.first, each.second, each.difference, each.error)
        first, second, gap, error = (
            [percent(finite(number), 1) for number in numbers]
            if name == "solved"
            else amounts_column(numbers)
        )
        star = " *" if each.sign else "  "
        counts = (f"{each.more:,}", f"{each.less:,}") if paired else ()
        spread = f"{ABSENT}  " if error == ABSENT else f"± {error}{star}"
        rows.append((name, first, second, gap, spread, *counts))
    headers = [title, "first", "second", "difference", "std. error  "]
    print_table(console, [*headers, *(("more", "less") if paired else ())], rows)


def _print_settings(console: Console, settings: Sequence[Setting], names: tuple[str, str]) -> None:
    if not settings:
        console.print("Both runs have the same settings.", highlight=False)
        return
    rows = [(each.path, _text(each.first), _text(each.second)) for each in settings[:MOST_SETTINGS]]
    print_table(console, ["setting", *(plain(name, _LONGEST) for name in names)], rows)
    if len(settings) > MOST_SETTINGS:
        console.print(f"... and {len(settings) - MOST_SETTINGS} more", highlight=False)


def _text(value: object) -> str:
    """Write a setting in one short line; brackets are text and no markup."""
    from rich.markup import escape

    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return escape(plain(text, _LONGEST))
