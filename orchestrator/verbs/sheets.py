"""The options of verbs that end in a table with figures: as a page, as a drawing, over all cores."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.reports.sheet import Sheet

jobs_option = click.option(
    "--jobs",
    "processes",
    default=0,
    type=click.IntRange(0, 256),
    metavar="N",
    help="Processes at the same time; as many as cores if left out.",
)
page_option = click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write one HTML page that needs nothing else; replaces an older one.",
)
drawing_option = click.option(
    "--svg",
    "drawing",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the first figure of that page as SVG; replaces an older one.",
)
_OPTIONS: Final = ("--html", "--svg")


def check_sheets(page: Path | None, drawing: Path | None, source: Path) -> None:
    """Refuse files that cannot be written, or that are what is read, before any work is done."""
    from orchestrator.reports.sheet import check_target

    for target, option in zip((page, drawing), _OPTIONS, strict=True):
        check_target(target, option, source)


def write_sheets(page: Path | None, drawing: Path | None, sheet: "Callable[[], Sheet]") -> None:
    """Write what was asked for, and say so."""
    from orchestrator.reports.sheet import write_sheet

    for target, option in zip((page, drawing), _OPTIONS, strict=True):
        if target is not None:
            write_sheet(sheet(), target, option)
            click.echo(f"wrote {target}", err=True)
