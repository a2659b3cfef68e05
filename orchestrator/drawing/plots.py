"""Figures of the HTML report, as inline SVG written by hand.

Each is drawn for a column of 420 pixels and grows with it. Colours come from the style sheet of
the page (classes ``s1`` to ``s8``), so that light and dark fit; every mark says in its title what
it stands for.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from orchestrator.drawing.axes import Axis, axis, tick_text
from scoring.corp import Corp

WIDTH: Final = 420
HEIGHT: Final = 280
COLOURS: Final = 8
"""So many series can be told apart by colour."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 20, 12, 40
_SQUARE = 220
_CHARACTER = 6.1
_LINE = 13.0


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
    return _svg(HEIGHT, f"{up} over {across}", _lines(shown, right, top, across, up))


def _lines(series: Sequence[Series], right: Axis, top: Axis, across: str, up: str) -> Iterator[str]:
    yield from _grid(right, top, across, up)
    for number, each in enumerate(series):
        points = " ".join(f"{right.place(x)},{top.place(y)}" for x, y in each.points)
        yield (
            f'<polyline class="line s{number % COLOURS + 1}" points="{points}">'
            f"<title>{escape(each.name)}: {tick_text(each.points[-1][1])} at the end</title>"
            "</polyline>"
        )


def scatter(points: Sequence[Point], across: str, up: str) -> str:
    """Draw points; labels are put where they hide no other label."""
    if not points:
        return ""
    right, top = _frame(
        [0.0, *(point.x for point in points)], (point.y for point in points), room=0.16
    )
    return _svg(HEIGHT, f"{up} against {across}", _points(points, right, top, across, up))


def _points(points: Sequence[Point], right: Axis, top: Axis, across: str, up: str) -> Iterator[str]:
    yield from _grid(right, top, across, up)
    taken = [
        _Box(right.place(each.x) - 4, top.place(each.y) - 4, 8, 8) for each in points if each.label
    ]
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
            style = ' class="strong"' if point.strong else ""
            return f'<text{style} x="{left:.1f}" y="{middle + 4:.1f}">{escape(point.label)}</text>'
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
    return _svg(height, "Money by worker", _bars(groups, right, span, thick, height))


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
        name = escape(_short(group.name, 17))
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

    Source: Dimitriadis, Gneiting and Jordan, PNAS 2021.
    """
    right = Axis(0.0, 1.0, 38.0, _SQUARE - 16.0, (0.0, 0.5, 1.0))
    top = Axis(0.0, 1.0, _SQUARE - 40.0, 16.0, (0.0, 0.5, 1.0))
    title = f"Reliability of {name}"
    return _svg(_SQUARE, title, _reliability(corp, right, top), width=_SQUARE)


def _reliability(corp: Corp, right: Axis, top: Axis) -> Iterator[str]:
    yield from _grid(right, top, "stated", "came true", height=_SQUARE)
    yield (
        f'<line class="diagonal" x1="{right.start}" y1="{top.start}" x2="{right.end}" y2="{top.end}"/>'
    )
    steps = " ".join(
        f"{right.place(edge)},{top.place(block.recalibrated)}"
        for block in corp.blocks
        for edge in (block.low, block.high)
    )
    yield f'<polyline class="line s1" points="{steps}"/>'
    labelled = len(corp.blocks) <= 6
    for block in corp.blocks:
        x, y = right.place((block.low + block.high) / 2), top.place(block.recalibrated)
        radius = 3 + 9 * (block.count / corp.count) ** 0.5
        yield (
            f'<circle class="block" cx="{x}" cy="{y}" r="{radius:.1f}"><title>stated'
            f" {block.low:.2f} to {block.high:.2f}, came true {block.recalibrated:.2f},"
            f" {block.count} reports</title></circle>"
        )
        if labelled:
            anchor, shift = ("end", -radius - 3) if x > _SQUARE / 2 else ("start", radius + 3)
            yield (
                f'<text class="count" x="{x + shift:.1f}" y="{y + 4}" text-anchor="{anchor}">'
                f"{block.count}</text>"
            )


# ----------------------------------------------------------------------------------------------


def _frame(across: Iterable[float], up: Iterable[float], *, room: float = 0.0) -> tuple[Axis, Axis]:
    xs = list(across)
    widened = [*xs, max(xs) + room * (max(xs) - min(xs))]
    return (
        axis(widened, _LEFT, WIDTH - _RIGHT, snug=True),
        axis(up, HEIGHT - _BOTTOM, _TOP),
    )


def _grid(right: Axis, top: Axis, across: str, up: str, height: float = HEIGHT) -> Iterator[str]:
    for tick in right.ticks:
        x = right.place(tick)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{top.start}" y2="{top.end}"/>'
        yield (
            f'<text class="tick" x="{x}" y="{top.start + 14}" text-anchor="middle">'
            f"{tick_text(tick)}</text>"
        )
    for tick in top.ticks:
        y = top.place(tick)
        kind = "zero" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{right.start}" x2="{right.end}" y1="{y}" y2="{y}"/>'
        yield (
            f'<text class="tick" x="{right.start - 5}" y="{y + 4}" text-anchor="end">'
            f"{tick_text(tick)}</text>"
        )
    middle = (right.start + right.end) / 2
    yield f'<text class="name" x="{middle}" y="{height - 6}" text-anchor="middle">{escape(across)}</text>'
    yield (
        f'<text class="name" transform="translate(11 {(top.start + top.end) / 2}) rotate(-90)"'
        f' text-anchor="middle">{escape(up)}</text>'
    )


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _svg(height: float, title: str, parts: Iterable[str], *, width: float = WIDTH) -> str:
    body = "".join(parts)
    return (
        f'<svg role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
