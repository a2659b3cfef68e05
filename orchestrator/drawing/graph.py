"""A graph of boxes in columns: what is needed stands left of what needs it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from orchestrator.drawing.canvas import short, svg

_BOX, _GAP, _HIGH, _ROW, _EDGE = 150.0, 46.0, 36.0, 48.0, 8.0
_LONGEST: Final = 21


class Box(NamedTuple):
    """One box of the graph.

    Attributes:
        name: What is written in it.
        column: In which column it stands, from 0.
        states: How many tasks of it are in each state.
        text: The second line.
        title: What it stands for.
    """

    name: str
    column: int
    states: Mapping[str, int]
    text: str
    title: str


def graph(boxes: Sequence[Box], edges: Mapping[tuple[int, int], int], title: str) -> str:
    """Draw boxes and their edges; the strip of a box shows its states, as classes of the style.

    Args:
        boxes: In any order.
        edges: How many needs lead from one box to another, by their places in ``boxes``.
        title: What the figure shows.

    Returns:
        An SVG of its natural size, or nothing without boxes.
    """
    if not boxes:
        return ""
    rows = _rows(boxes, edges)
    columns = 1 + max(box.column for box in boxes)
    width = 2 * _EDGE + columns * _BOX + (columns - 1) * _GAP
    height = 2 * _EDGE + _ROW * (1 + max(rows)) - (_ROW - _HIGH)
    return svg(height, title, _parts(boxes, edges, rows), width=width, kind="natural")


def _rows(boxes: Sequence[Box], edges: Mapping[tuple[int, int], int]) -> list[int]:
    """Return the row of each box: in each column by the mean row of what its boxes need."""
    needs: dict[int, list[int]] = {}
    for source, target in edges:
        needs.setdefault(target, []).append(source)
    rows = [0] * len(boxes)
    for column in sorted({box.column for box in boxes}):
        places = [place for place, box in enumerate(boxes) if box.column == column]

        def middle(place: int) -> float:
            above = [rows[need] for need in needs.get(place, ())]
            return sum(above) / len(above) if above else 0.0

        for row, place in enumerate(sorted(places, key=middle)):
            rows[place] = row
    return rows


def _parts(
    boxes: Sequence[Box], edges: Mapping[tuple[int, int], int], rows: Sequence[int]
) -> Iterator[str]:
    most = max(edges.values(), default=1)
    for (source, target), count in edges.items():
        x, y = _corner(boxes[source], rows[source])
        end, low = _corner(boxes[target], rows[target])
        x, y, low, bend = x + _BOX, y + _HIGH / 2, low + _HIGH / 2, _GAP / 2
        wide = 1.2 + 2.3 * (count / most if most > 1 else 0.0)
        said = f"{count} needs: {boxes[source].name} before {boxes[target].name}"
        yield (
            f'<path class="edge" stroke-width="{wide:.1f}" d="M{x:g} {y:g}C{x + bend:g} {y:g}'
            f' {end - bend:g} {low:g} {end:g} {low:g}"><title>{escape(said)}</title></path>'
        )
    for box, row in zip(boxes, rows, strict=True):
        yield from _box(box, *_corner(box, row))


def _corner(box: Box, row: int) -> tuple[float, float]:
    return _EDGE + box.column * (_BOX + _GAP), _EDGE + row * _ROW


def _box(box: Box, x: float, y: float) -> Iterator[str]:
    yield (
        f'<g><title>{escape(box.title)}</title><rect class="box" x="{x:g}" y="{y:g}"'
        f' width="{_BOX:g}" height="{_HIGH:g}" rx="5"/>'
        f'<text x="{x + 8:g}" y="{y + 14:g}">{escape(short(box.name, _LONGEST))}</text>'
        f'<text class="count" x="{x + 8:g}" y="{y + 27:g}">{escape(short(box.text, 26))}</text>'
    )
    whole = sum(box.states.values())
    left = x + 1.0
    for state, count in Counter(box.states).most_common():
        wide = (_BOX - 2) * count / whole
        yield (
            f'<rect class="state {state}" x="{left:.1f}" y="{y + _HIGH - 5:g}"'
            f' width="{wide:.1f}" height="4"/>'
        )
        left += wide
    yield "</g>"
