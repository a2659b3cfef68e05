"""Figures are well-formed, show every mark, and escape what others wrote."""

from xml.etree import ElementTree as Xml

from orchestrator.drawing.plots import Bar, Point, Series, bars, lines, reliability, scatter
from scoring.corp import corp_decomposition

HOSTILE = '<script>alert("x")</script> & more'


def parsed(svg: str) -> Xml.Element:
    """Return a figure as a tree; a figure that is not well-formed is an error."""
    root = Xml.fromstring(svg)  # our own text
    assert root.tag == "svg"
    assert root.find(".//script") is None
    return root


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
