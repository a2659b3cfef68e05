"""A table of numbers as a heat map: signs as colours, sizes as their strength, and the numbers."""

from collections.abc import Iterator, Sequence
from html import escape
from math import sqrt
from typing import Final, NamedTuple

from orchestrator.drawing.canvas import short, svg

_CELL, _ROW, _LEFT, _HEAD, _SLANT = 66.0, 26.0, 132.0, 74.0, 60.0
_LONGEST: Final = 20
_STRONGEST: Final = 0.75


class Cell(NamedTuple):
    """One place of the map.

    Attributes:
        value: What its colour shows; 0 has none.
        text: What is written in it.
        title: What it stands for.
    """

    value: float
    text: str
    title: str


def heat(
    rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Cell | None]], title: str
) -> str:
    """Draw a heat map; positive values have the class ``more``, negative ones ``less``.

    How strong a colour is says how large a value is next to the largest of its sign.

    Args:
        rows: The names at the left.
        columns: The names on top.
        cells: For each row a cell for each column; ``None`` stays empty.
        title: What the figure shows.

    Returns:
        An SVG of its natural size, or nothing where there is no cell.
    """
    if not rows or not columns:
        return ""
    width = _LEFT + _CELL * len(columns) + _SLANT
    height = _HEAD + _ROW * len(rows) + 4
    return svg(height, title, _parts(rows, columns, cells), width=width, kind="natural")


def _parts(
    rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Cell | None]]
) -> Iterator[str]:
    values = [cell.value for row in cells for cell in row if cell]
    most = max([0.0, *values]), -min([0.0, *values])
    for place, name in enumerate(columns):
        x = _LEFT + _CELL * (place + 0.5)
        yield (
            f'<text transform="translate({x:g} {_HEAD - 8:g}) rotate(-32)">'
            f"{escape(short(name, _LONGEST))}<title>{escape(name)}</title></text>"
        )
    for line, (name, row) in enumerate(zip(rows, cells, strict=True)):
        y = _HEAD + _ROW * line
        yield (
            f'<text x="{_LEFT - 8:g}" y="{y + _ROW / 2 + 4:g}" text-anchor="end">'
            f"{escape(short(name, _LONGEST))}<title>{escape(name)}</title></text>"
        )
        for place, cell in enumerate(row):
            if cell is not None:
                yield from _cell(cell, _LEFT + _CELL * place, y, most[cell.value < 0])


def _cell(cell: Cell, x: float, y: float, largest: float) -> Iterator[str]:
    strength = _STRONGEST * sqrt(abs(cell.value) / largest) if largest else 0.0
    kind = "more" if cell.value > 0 else "less"
    yield (
        f'<rect class="cell {kind}" x="{x + 1:g}" y="{y + 1:g}" width="{_CELL - 2:g}"'
        f' height="{_ROW - 2:g}" fill-opacity="{strength:.2f}">'
        f"<title>{escape(cell.title)}</title></rect>"
        f'<text class="inside" x="{x + _CELL / 2:g}" y="{y + _ROW / 2 + 4:g}"'
        f' text-anchor="middle">{escape(cell.text)}</text>'
    )
