"""Boxes stand in columns, needs to the left, and say their states."""

from orchestrator.drawing.graph import Box, graph
from tests.orchestrator.drawing.svg import HOSTILE, parsed, titles


def boxes() -> list[Box]:
    """Return two tasks and one that needs both."""
    return [
        Box("a", 0, {"solved": 1}, "solved", "a, solved"),
        Box(HOSTILE, 0, {"failed": 1}, "failed", HOSTILE),
        Box("c", 1, {"solved": 3, "failed": 1}, "3 solved", "c"),
    ]


def test_every_box_and_edge_is_drawn() -> None:
    """Three boxes, two edges, and a strip for each state."""
    root = parsed(graph(boxes(), {(0, 2): 1, (1, 2): 4}, "tasks"))
    rects = [str(each.get("class")) for each in root.iter("rect")]
    assert rects.count("box") == 3
    assert sorted(each for each in rects if each != "box") == [
        "state failed",
        "state failed",
        "state solved",
        "state solved",
    ]
    assert len([each for each in root.iter("path") if each.get("class") == "edge"]) == 2
    assert "4 needs: " in "".join(titles(root))


def test_what_is_needed_stands_to_the_left() -> None:
    """A later column is further right; a strip is as wide as its share."""
    root = parsed(graph(boxes(), {(0, 2): 1}, "tasks"))
    left, _, right = (each for each in root.iter("rect") if each.get("class") == "box")
    assert float(str(left.get("x"))) < float(str(right.get("x")))
    widths = [float(str(e.get("width"))) for e in root.iter("rect") if e.get("class") != "box"]
    assert widths[2] == 3 * widths[3]


def test_without_boxes_there_is_nothing() -> None:
    """A figure without data is left out."""
    assert graph([], {}, "tasks") == ""
