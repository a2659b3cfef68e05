"""Bars from zero, each with the interval in which the truth lies."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from orchestrator.drawing.axes import Axis, axis, tick_text
from orchestrator.drawing.canvas import short, svg

_WIDTH: Final = 640
_LEFT, _TOP, _ROW, _THICK = 170.0, 8.0, 22.0, 12.0


class Ranged(NamedTuple):
    """One bar.

    Attributes:
        name: What it is of.
        value: Where it ends.
        low: The lower end of its interval.
        high: The upper end.
        text: How it is written.
        strong: Whether it stands out.
    """

    name: str
    value: float
    low: float
    high: float
    text: str
    strong: bool = False


def interval_bars(bars: Sequence[Ranged], across: str) -> str:
    """Draw horizontal bars with their intervals; the class ``strong`` marks what stands out.

    >>> interval_bars([], "USD")
    ''
    """
    if not bars:
        return ""
    height = _TOP + _ROW * len(bars) + 40
    ends = [end for bar in bars for end in (bar.low, bar.high, bar.value)]
    scale = axis([0.0, *ends], _LEFT, _WIDTH - 24.0)
    return svg(height, across, _parts(bars, scale, height, across), width=_WIDTH, kind="wide")


def _parts(bars: Sequence[Ranged], scale: Axis, height: float, across: str) -> Iterator[str]:
    bottom = height - 36
    for tick in scale.ticks:
        x = scale.place(tick)
        kind = "zero" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom:g}"/>'
        yield (
            f'<text class="tick" x="{x}" y="{bottom + 14:g}" text-anchor="middle">'
            f"{tick_text(tick)}</text>"
        )
    middle = (scale.start + scale.end) / 2
    yield f'<text class="name" x="{middle:g}" y="{height - 6:g}" text-anchor="middle">{escape(across)}</text>'
    zero = scale.place(0.0)
    for row, bar in enumerate(bars):
        y = _TOP + _ROW * row + _ROW / 2
        x, low, high = scale.place(bar.value), scale.place(bar.low), scale.place(bar.high)
        kind = "bar strong" if bar.strong else "bar s1"
        yield (
            f'<text x="{_LEFT - 8:g}" y="{y + 4:g}" text-anchor="end">'
            f"{escape(short(bar.name, 26))}</text>"
            f'<rect class="{kind}" x="{min(x, zero):g}" y="{y - _THICK / 2:g}"'
            f' width="{max(abs(x - zero), 0.6):.1f}" height="{_THICK:g}">'
            f"<title>{escape(bar.name)}: {escape(bar.text)}</title></rect>"
            f'<path class="interval" d="M{low} {y:g}H{high}M{low} {y - 4:g}v8M{high} {y - 4:g}v8"/>'
        )
