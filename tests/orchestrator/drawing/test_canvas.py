"""What all figures share."""

from orchestrator.drawing.axes import Axis
from orchestrator.drawing.canvas import grid, short, svg
from tests.orchestrator.drawing.svg import HOSTILE, parsed


def test_a_grid_has_a_line_for_every_tick() -> None:
    """Two and three ticks are five lines, five numbers and two names."""
    right = Axis(0.0, 1.0, 0.0, 100.0, (0.0, 1.0))
    top = Axis(-1.0, 1.0, 100.0, 0.0, (-1.0, 0.0, 1.0))
    root = parsed(svg(120, HOSTILE, grid(right, top, HOSTILE, "up")))
    assert len(root.findall("line")) == 5
    assert len(root.findall("text")) == 7
    assert [line.get("class") for line in root.findall("line")].count("zero") == 1


def test_short_names_stay() -> None:
    """Only what is too long is cut."""
    assert (short("ab", 2), short("abc", 2)) == ("ab", "a…")
