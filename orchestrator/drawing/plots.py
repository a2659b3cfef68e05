"""Figures of the HTML report, as inline SVG written by hand.

Each is drawn for a column of 420 pixels and grows with it. Series have the classes ``s1`` to ``s8``;
every mark says in its title what it stands for.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain
from typing import Final, NamedTuple

from orchestrator.drawing.axes import Axis, axis, tick_text
from orchestrator.drawing.canvas import COLOURS, HEIGHT, WIDTH, grid, short, svg
from scoring.beta_distribution import quantile
from scoring.corp import Block, Corp

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 20, 12, 40
_SQUARE = 220
_CHARACTER = 6.1
_LINE = 13.0
_TAIL: Final = 0.025
_NONE: Final = 1e-9


class Series(NamedTuple):
    """A line: its name and its points from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


class Point(NamedTuple):
    """A mark in a scatter figure.

    Attributes:
        label: Written next to it; a point without a label is small.
        title: What it stands for.
        strong: Whether it stands out.
    """

    x: float
    y: float
    label: str
    title: str
    strong: bool = False


class Bar(NamedTuple):
    """A group of horizontal bars: a name, and for each colour a value and how it is written."""

    name: str
    values: Sequence[tuple[float, str]]


def lines(series: Sequence[Series], across: str, up: str) -> str:
    """Draw lines over a common axis; their names are the legend of the page."""
    shown = [each for each in series if each.points]
    if not shown:
        return ""
    right, top = _frame(
        [0.0, *(x for each in shown for x, _ in each.points)],
        (y for each in shown for _, y in each.points),
    )
    return svg(HEIGHT, f"{up} over {across}", _lines(shown, right, top, across, up))


def _lines(series: Sequence[Series], right: Axis, top: Axis, across: str, up: str) -> Iterator[str]:
    yield from grid(right, top, across, up)
    for number, each in enumerate(series):
        points = " ".join(f"{right.place(x)},{top.place(y)}" for x, y in each.points)
        yield (
            f'<polyline class="line s{number % COLOURS + 1}" points="{points}">'
            f"<title>{escape(each.name)}: {tick_text(each.points[-1][1])} at the end</title>"
            "</polyline>"
        )


def scatter(
    points: Sequence[Point], across: str, up: str, frontier: Sequence[tuple[float, float]] = ()
) -> str:
    """Draw points; labels are put where they hide no other label.

    Args:
        points: What is shown.
        across: The name of the axis from left to right.
        up: The name of the axis upwards.
        frontier: The corners of a line behind the points, from left to right.
    """
    if not points:
        return ""
    right, top = _frame(
        [0.0, *(point.x for point in points)], (point.y for point in points), room=0.16
    )
    line = " ".join(f"{right.place(x)},{top.place(y)}" for x, y in frontier)
    behind = f'<polyline class="frontier" points="{line}"/>' if line else ""
    marks = _points(points, right, top)
    return svg(
        HEIGHT, f"{up} against {across}", chain(grid(right, top, across, up), [behind], marks)
    )


def frontier(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of the frontier: what costs least for its height, mixtures allowed.

    It is the part of the upper convex hull that rises: between two corners lies what is had by
    drawing one of the two at random.

    >>> frontier([(1, 0.5), (2, 0.6), (3, 0.9), (4, 0.7)])
    [(1, 0.5), (3, 0.9)]
    """
    hull: list[tuple[float, float]] = []
    for x, y in sorted(points, key=lambda point: (point[0], -point[1])):
        if hull and y <= hull[-1][1]:
            continue
        while len(hull) > 1 and _below(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
    return hull


def _below(
    first: tuple[float, float], middle: tuple[float, float], last: tuple[float, float]
) -> bool:
    """Whether the middle corner lies on or below the line between its neighbours."""
    rise = (middle[1] - first[1]) * (last[0] - first[0])
    return rise <= (last[1] - first[1]) * (middle[0] - first[0])


def _points(points: Sequence[Point], right: Axis, top: Axis) -> Iterator[str]:
    taken = [_Box(right.place(each.x) - 4, top.place(each.y) - 4, 8, 8) for each in points]
    for point in sorted(points, key=lambda each: (each.strong, bool(each.label))):
        x, y = right.place(point.x), top.place(point.y)
        kind = "strong" if point.strong else "named" if point.label else "small"
        radius = 5.5 if point.strong else 4 if point.label else 3
        yield (
            f'<circle class="dot {kind}" cx="{x}" cy="{y}" r="{radius}">'
            f"<title>{escape(point.title)}</title></circle>"
        )
    for point in points:
        if point.label:
            yield _label(point, right.place(point.x), top.place(point.y), taken)


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def _label(point: Point, x: float, y: float, taken: list[_Box]) -> str:
    """Write a label at the first free place around its point, or leave it to the title."""
    width = len(point.label) * _CHARACTER
    for left, middle in (
        (x + 8, y),
        (x - 8 - width, y),
        (x - width / 2, y - 13),
        (x - width / 2, y + 13),
        (x + 8, y - 13),
        (x + 8, y + 13),
        (x - 8 - width, y - 13),
        (x - 8 - width, y + 13),
        (x - width / 2, y - 26),
        (x - width / 2, y + 26),
    ):
        box = _Box(left, middle - _LINE / 2, width, _LINE)
        inside = left >= _LEFT and left + width <= WIDTH and _TOP <= middle <= HEIGHT - _BOTTOM
        if inside and not any(box.meets(other) for other in taken):
            taken.append(box)
            style = "label strong" if point.strong else "label"
            return f'<text class="{style}" x="{left:.1f}" y="{middle + 4:.1f}">{escape(point.label)}</text>'
    return ""


def bars(groups: Sequence[Bar]) -> str:
    """Draw horizontal bars from zero, one colour for each value of a group."""
    if not groups:
        return ""
    left, thick, gap = 118.0, 9.0, 9.0
    span = thick * max(len(group.values) for group in groups) + gap
    height = round(_TOP + span * len(groups) + 26)
    values = [value for group in groups for value, _ in group.values]
    right = axis([0.0, *values], left, WIDTH - _RIGHT - 8, ticks=3)
    return svg(height, "Money by worker", _bars(groups, right, span, thick, height))


def _bars(
    groups: Sequence[Bar], right: Axis, span: float, thick: float, height: int
) -> Iterator[str]:
    bottom = height - 26
    for tick in right.ticks:
        x = right.place(tick)
        kind = "zero" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x}" y="{height - 10}" text-anchor="middle">{tick_text(tick)}</text>'
    zero = right.place(0.0)
    for row, group in enumerate(groups):
        top = _TOP + 4 + row * span
        middle = top + thick * len(group.values) / 2 + 4
        name = escape(short(group.name, 17))
        yield f'<text x="{right.start - 8}" y="{middle:.1f}" text-anchor="end">{name}</text>'
        for number, (value, text) in enumerate(group.values):
            x = right.place(value)
            yield (
                f'<rect class="bar s{number + 1}" x="{min(x, zero):.1f}" y="{top + number * thick:.1f}"'
                f' width="{max(abs(x - zero), 0.6):.1f}" height="{thick - 1.5}">'
                f"<title>{escape(group.name)}: {escape(text)}</title></rect>"
            )


def reliability(corp: Corp, name: str) -> str:
    """Draw the reliability diagram of one worker: CORP blocks with their numbers of reports.

    Each block has the interval in which its rate lies at 95 %, as if the block had been chosen
    before its outcomes were seen; the isotonic fit has chosen it after, so the intervals of small
    blocks are somewhat too short.

    Source: Dimitriadis, Gneiting and Jordan, PNAS 2021; Clopper and Pearson 1934.
    """
    right = Axis(0.0, 1.0, 38.0, _SQUARE - 16.0, (0.0, 0.5, 1.0))
    top = Axis(0.0, 1.0, _SQUARE - 40.0, 16.0, (0.0, 0.5, 1.0))
    title = f"Reliability of {name}"
    return svg(_SQUARE, title, _reliability(corp, right, top), width=_SQUARE)


def _reliability(corp: Corp, right: Axis, top: Axis) -> Iterator[str]:
    yield from grid(right, top, "stated", "came true", height=_SQUARE)
    yield (
        f'<line class="diagonal" x1="{right.start}" y1="{top.start}" x2="{right.end}" y2="{top.end}"/>'
    )
    steps = " ".join(
        f"{right.place(edge)},{top.place(block.recalibrated)}"
        for block in corp.blocks
        for edge in (block.low, block.high)
    )
    yield f'<polyline class="line s1" points="{steps}"/>'
    labelled = len(corp.blocks) <= 4
    for block in corp.blocks:
        x, y = right.place((block.low + block.high) / 2), top.place(block.recalibrated)
        radius = 3 + 9 * (block.count / corp.count) ** 0.5
        low, high = _interval(block)
        yield (
            f'<path class="interval" d="M{x} {top.place(low)}V{top.place(high)}"/>'
            f'<circle class="block" cx="{x}" cy="{y}" r="{radius:.1f}"><title>stated'
            f" {block.low:.2f} to {block.high:.2f}, came true {block.recalibrated:.2f}"
            f" ({low:.2f} to {high:.2f}), {block.count} reports</title></circle>"
        )
        if labelled:
            anchor, shift = ("end", -radius - 3) if x > _SQUARE / 2 else ("start", radius + 3)
            yield (
                f'<text class="count" x="{x + shift:.1f}" y="{y + 4}" text-anchor="{anchor}">'
                f"{block.count}</text>"
            )


def _interval(block: Block) -> tuple[float, float]:
    times, rest = block.recalibrated * block.count, (1 - block.recalibrated) * block.count
    low = quantile(_TAIL, times, rest + 1) if times > _NONE else 0.0
    high = quantile(1 - _TAIL, times + 1, rest) if rest > _NONE else 1.0
    return low, high


# ----------------------------------------------------------------------------------------------


def _frame(across: Iterable[float], up: Iterable[float], *, room: float = 0.0) -> tuple[Axis, Axis]:
    xs = list(across)
    widened = [*xs, max(xs) + room * (max(xs) - min(xs))]
    return (
        axis(widened, _LEFT, WIDTH - _RIGHT, snug=True),
        axis(up, HEIGHT - _BOTTOM, _TOP),
    )
