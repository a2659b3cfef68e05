"""A few figures and tables as one HTML page that needs nothing else, or the first figure as an SVG."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.reports.page import render_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUFFIXES: Final = (".html", ".svg")
"""How the name of a file may end."""


class Drawn(NamedTuple):
    """A figure.

    Attributes:
        title: What it shows.
        svg: The figure, from `orchestrator.drawing`.
        note: How to read it.
    """

    title: str
    svg: str
    note: str


class Listed(NamedTuple):
    """A table: names on the left, numbers right of them.

    Attributes:
        title: What it shows.
        headers: One for each column.
        rows: Its cells as text.
        note: How to read it.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


class Sheet(NamedTuple):
    """What a page shows.

    Attributes:
        title: Of the page.
        about: What was done, in a sentence or two.
        figures: The most telling one first.
        tables: In their order.
    """

    title: str
    about: str
    figures: Sequence[Drawn]
    tables: Sequence[Listed]


def check_target(target: Path | None, option: str, *sources: Path) -> None:
    """Refuse a file that is none of a sheet, or that is read as well, before any work is done.

    Raises:
        InputError: If its name ends otherwise, its folder is missing or it is one of the sources.
    """
    if target is None:
        return
    if any(source.exists() and target.exists() and target.samefile(source) for source in sources):
        raise InputError([Problem(f"{option} {target}", "is what is read; name another file")])
    if target.suffix not in SUFFIXES:
        expected = f"expected a name that ends in {' or '.join(SUFFIXES)}"
        raise InputError([Problem(f"{option} {target}", expected)])
    if not target.parent.is_dir():
        raise InputError([Problem(f"{option} {target}", "there is no such folder")])


def write_sheet(sheet: Sheet, target: Path, option: str) -> None:
    """Write a page or, if the name ends in ``.svg``, its first figure.

    Raises:
        InputError: If the file cannot be written.
    """
    text = svg_file(sheet.figures[0].svg) if target.suffix == ".svg" else sheet_page(sheet)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(f"{option} {target}", error) from error


def sheet_page(sheet: Sheet) -> str:
    """Return the page; every text of the sheet is escaped."""
    from markupsafe import Markup

    figures = [
        # every text in it is escaped where the figure is drawn
        {"title": each.title, "svg": Markup(each.svg), "note": each.note}
        for each in sheet.figures
    ]
    shown = {"title": sheet.title, "about": sheet.about, "figures": figures}
    tables = [each._asdict() for each in sheet.tables]
    return render_page("sheet.html.j2", {**shown, "tables": tables})


def svg_file(figure: str) -> str:
    """Return a figure as a file of its own, with the colours of the pages.

    >>> svg_file("<svg><path/></svg>").startswith('<svg xmlns="http://www.w3.org/2000/svg"><style>')
    True
    """
    style = (files("orchestrator") / "templates" / "style.css").read_text(encoding="utf-8")
    head, _, body = figure.partition(">")
    opened = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{opened}><style><![CDATA[{style}svg {{ background: var(--card); }}]]></style>{body}\n"
