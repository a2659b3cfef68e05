"""What all figures share: the frame of an SVG, its grid, and names cut to their room.

Colours come from the style sheet of the page, so that light and dark fit.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from orchestrator.drawing.axes import Axis, tick_text

WIDTH: Final = 420
HEIGHT: Final = 280
COLOURS: Final = 8
"""So many series can be told apart by colour."""


def svg(
    height: float, title: str, parts: Iterable[str], *, width: float = WIDTH, kind: str = ""
) -> str:
    """Return a figure of some parts; the title is what a screen reader says of it.

    >>> svg(9, "a < b", ["<path/>"], width=16)
    '<svg role="img" viewBox="0 0 16 9" width="16" height="9"><title>a &lt; b</title><path/></svg>'
    """
    body = "".join(parts)
    named = f' class="{kind}"' if kind else ""
    return (
        f'<svg{named} role="img" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
        f' height="{height:g}"><title>{escape(title)}</title>{body}</svg>'
    )


def grid(right: Axis, top: Axis, across: str, up: str, height: float = HEIGHT) -> Iterator[str]:
    """Yield the lines, ticks and names of two axes."""
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


def short(name: str, longest: int) -> str:
    """Cut a name to its room, with a mark.

    >>> short("calculator", 6)
    'calcu…'
    """
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
