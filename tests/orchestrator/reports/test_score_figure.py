"""The reliability diagrams of a log as a file."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestrator.logs.score_log import Entry, ScoreLog
from orchestrator.logs.scoreboard import scoreboard
from orchestrator.reports.score_figure import figure, write_figure


def _log(*workers: str) -> ScoreLog:
    return ScoreLog([Entry(2, worker, 0.7, 1.0, "", "") for worker in workers], [])


@pytest.mark.parametrize("count", [1, 4, 9])
def test_every_worker_has_a_diagram(count: int) -> None:
    """The sheet is well-formed XML with one inner drawing per worker, whatever their names."""
    names = [f"<w>&{place}" for place in range(count)]
    sheet = ElementTree.fromstring(figure(scoreboard(_log(*names)).cards))
    assert len(sheet.findall(".//{*}g/{*}g/{*}svg")) == count
    titles = [text.text for text in sheet.iter("{http://www.w3.org/2000/svg}text")]
    assert names[0] in titles


def test_a_page_needs_nothing_else(tmp_path: Path) -> None:
    """A page holds the sheet and names no other place; the name of a file says which it is."""
    cards = scoreboard(_log("ann")).cards
    write_figure(cards, tmp_path / "a.html")
    write_figure(cards, tmp_path / "a.svg")
    page, sheet = ((tmp_path / name).read_text() for name in ("a.html", "a.svg"))
    assert page.startswith("<!doctype html>")
    assert sheet in page
    assert page.replace("http://www.w3.org/2000/svg", "").count("http") == 0
