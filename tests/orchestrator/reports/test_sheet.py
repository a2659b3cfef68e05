"""Tests of a few figures and tables as one page."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestrator.errors import InputError
from orchestrator.reports.sheet import Drawn, Listed, Sheet, check_target, sheet_page, svg_file

FIGURE = Drawn("Figure", '<svg role="img" viewBox="0 0 1 1"><title>t</title></svg>', "how")
SHEET = Sheet("<b>", "about", [FIGURE], [Listed("T", ["name", "x"], [["<i>", "1"]], "note")])


def test_texts_are_escaped_and_figures_are_not() -> None:
    """What others wrote is text; what is drawn is drawn."""
    page = sheet_page(SHEET)
    assert "&lt;b&gt;" in page
    assert "<th>&lt;i&gt;</th>" in page
    assert FIGURE.svg in page
    assert "http" not in page.replace("http-equiv", "")


def test_an_svg_file_stands_alone() -> None:
    """It is XML with its own style."""
    root = ElementTree.fromstring(svg_file(FIGURE.svg))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].tag.endswith("style")


def test_no_source_is_written_over(tmp_path: Path) -> None:
    """A file that is read cannot be the page."""
    source = tmp_path / "data.html"
    source.touch()
    with pytest.raises(InputError, match="is what is read"):
        check_target(source, "--html", source)
    check_target(None, "--html", source)
