"""Signs are colours, sizes their strength."""

from orchestrator.drawing.heat import Cell, heat
from tests.orchestrator.drawing.svg import HOSTILE, parsed


def test_cells() -> None:
    """Positive and negative values have their classes, each next to the largest of its sign."""
    rows: list[list[Cell | None]] = [
        [Cell(1.0, "+1", HOSTILE), Cell(-8.0, "-8", "b")],
        [Cell(0.25, "+", "c"), None],
    ]
    root = parsed(heat([HOSTILE, "two"], ["x", "y"], rows, "gains"))
    cells = root.findall("rect")
    assert [each.get("class") for each in cells] == ["cell more", "cell less", "cell more"]
    first, second, third = (float(str(each.get("fill-opacity"))) for each in cells)
    assert first == second
    assert abs(first - 2 * third) < 0.02


def test_nothing_has_no_colour() -> None:
    """A map of zeros is drawn without strength."""
    root = parsed(heat(["a"], ["b"], [[Cell(0.0, "0", "a")]], "gains"))
    assert [each.get("fill-opacity") for each in root.findall("rect")] == ["0.00"]
    assert heat([], ["b"], [], "gains") == ""
