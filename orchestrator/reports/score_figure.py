"""The reliability diagrams of a log as one SVG file, or as one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import number, plain, plural
from orchestrator.drawing.plots import reliability

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.logs.scorecard import Scorecard

SUFFIXES: Final = (".html", ".svg")
"""How the name of a figure may end."""

_PITCH = 250
_ROW = 264
_ACROSS = 4
_LONGEST_NAME = 30

_STYLE = """
svg { background: #ffffff; color: #1d1f21; font: 12px system-ui, sans-serif; }
text { fill: currentColor; }
.title { font-weight: 600; }
.tick, .name, .count, .note { font-size: 10px; fill: #63676c; }
.grid, .zero { stroke: #dddbd5; }
.diagonal { stroke: #63676c; stroke-dasharray: 3 3; }
.line { fill: none; stroke: #0072b2; stroke-width: 2; }
.block { fill: #0072b2; fill-opacity: 0.35; }
@media (prefers-color-scheme: dark) {
  svg { background: #16181a; color: #e9e8e4; }
  .tick, .name, .count, .note { fill: #a0a4a9; }
  .grid, .zero { stroke: #363a3f; }
  .diagonal { stroke: #a0a4a9; }
  .line { stroke: #4ba8e0; }
  .block { fill: #4ba8e0; }
}
"""


def write_figure(cards: Sequence[Scorecard], target: Path) -> None:
    """Write the reliability diagrams of all workers, in the given order.

    Args:
        cards: What the reports of each worker were worth.
        target: The file; its name ends as one of `SUFFIXES`.

    Raises:
        OSError: If the file cannot be written.
    """
    sheet = figure(cards)
    target.write_text(_page(sheet) if target.suffix == ".html" else sheet, encoding="utf-8")


def figure(cards: Sequence[Scorecard]) -> str:
    """Return the diagrams as one SVG document."""
    width = _PITCH * min(len(cards), _ACROSS)
    height = _ROW * -(-len(cards) // _ACROSS)
    cells = "".join(_cell(card, place) for place, card in enumerate(cards))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}"><style>{_STYLE}</style>{cells}</svg>\n'
    )


def _cell(card: Scorecard, place: int) -> str:
    x, y = _PITCH * (place % _ACROSS), _ROW * (place // _ACROSS)
    name = plain(card.worker, _LONGEST_NAME)
    corp = card.corp
    parts = (
        f"{plural(card.count, 'report')}, MCB {number(corp.miscalibration, 4)},"
        f" DSC {number(corp.discrimination, 4)}"
    )
    return (
        f'<g transform="translate({x} {y})"><text class="title" x="38" y="18">{escape(name)}</text>'
        f'<text class="note" x="38" y="33">{escape(parts)}</text>'
        f'<g transform="translate(0 36)">{reliability(corp, name)}</g></g>'
    )


def _page(sheet: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"><title>Reliability diagrams</title>'
        "<style>body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; }</style></head>\n"
        f"<body>\n{sheet}<p>Stated probability against what came true (CORP: isotonic regression)."
        " On the dashed line reports are calibrated; below it they claim too much. Larger"
        " discs hold more reports.</p>\n</body></html>\n"
    )
