"""Figures are well-formed, show every mark, and escape what others wrote."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drawing.plots import (
    Bar,
    Point,
    Series,
    bars,
    frontier,
    lines,
    reliability,
    scatter,
)
from scoring.corp import corp_decomposition
from tests.orchestrator.drawing.svg import HOSTILE, parsed


def test_lines() -> None:
    """Each series is one line through its points, with its name as the title."""
    root = parsed(lines([Series(HOSTILE, [(1, 0.0), (2, 0.5)]), Series("empty", [])], "n", "USD"))
    (line,) = root.findall("polyline")
    assert len(str(line.get("points")).split()) == 2
    assert str(line.findtext("title")).startswith(HOSTILE)


def test_scatter() -> None:
    """Every point has a mark; where labels would cover each other, fewer are written."""
    points = [Point(0.1, 1.0, f"rule number {n}", HOSTILE) for n in range(30)]
    root = parsed(scatter(points, "cost", "utility"))
    assert len(root.findall("circle")) == 30
    written = [text for text in root.findall("text") if str(text.text).startswith("rule")]
    assert 1 <= len(written) < 30


def test_bars() -> None:
    """Bars start at zero and go left for what is owed."""
    root = parsed(bars([Bar(HOSTILE, [(2.0, "2"), (-1.0, "-1")])]))
    right, left = root.findall("rect")
    assert float(str(left.get("x"))) < float(str(right.get("x")))
    assert float(str(right.get("width"))) > float(str(left.get("width")))


def test_reliability() -> None:
    """Each block of the isotonic fit is a circle that says how many reports it holds."""
    root = parsed(reliability(corp_decomposition([0.1, 0.3, 0.3, 0.8], [0, 1, 0, 1]), HOSTILE))
    titles = [str(circle.findtext("title")) for circle in root.findall("circle")]
    assert [title.rsplit(", ", 1)[1] for title in titles] == ["1 reports", "2 reports", "1 reports"]


def test_nothing_to_draw() -> None:
    """A figure without data is left out."""
    assert lines([Series("empty", [])], "n", "USD") == scatter([], "x", "y") == bars([]) == ""


def test_reliability_has_intervals() -> None:
    """Nine right of ten: the exact interval of Clopper and Pearson (1934), 0.555 to 0.997."""
    root = parsed(reliability(corp_decomposition([0.8] * 10, [1] * 9 + [0]), "x"))
    (circle,) = root.findall("circle")
    assert "came true 0.90 (0.55 to 1.00)" in str(circle.findtext("title"))
    (interval,) = [each for each in root.findall("path") if each.get("class") == "interval"]
    assert interval.get("d")


def test_a_frontier_lies_behind_the_points() -> None:
    """Its corners are one line of the figure."""
    root = parsed(
        scatter([Point(1, 1, "a", "a"), Point(2, 2, "b", "b")], "x", "y", [(1, 1), (2, 2)])
    )
    (line,) = root.findall("polyline")
    assert (line.get("class"), len(str(line.get("points")).split())) == ("frontier", 2)


places = st.tuples(st.integers(0, 20).map(float), st.integers(0, 20).map(float))


@given(st.lists(places, min_size=1, max_size=12))
def test_nothing_lies_above_the_frontier(points: list[tuple[float, float]]) -> None:
    """It rises, is concave, and no point is both cheaper and better than a mixture of its corners."""
    line = frontier(points)
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(line)]
    assert all(slope > 0 for slope in slopes)
    assert all(a > b for a, b in pairwise(slopes))
    assert set(line) <= set(points)
    for x, y in points:
        below = [
            a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0])
            for a, b in pairwise(line)
            if a[0] <= x <= b[0]
        ] or [line[-1][1] if x >= line[-1][0] else y]
        assert y <= max(below) + 1e-9
