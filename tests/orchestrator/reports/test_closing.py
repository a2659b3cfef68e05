"""The end of a run fits one screen."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from orchestrator.evaluation.summary import Summary
from orchestrator.reports.closing import print_closing
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.small_runs import events


def closing(width: int = 100) -> str:
    """Return what is printed of the small run."""
    summary = Summary()
    for event in events():
        summary.note(event)
    text = io.StringIO()
    print_closing(Console(file=text, width=width), summary, None, [])
    return text.getvalue()


def test_what_everybody_wants_to_know() -> None:
    """Workers, states, money; a currency with brackets would stay text."""
    text = closing()
    for piece in ("tasks  3: 1 solved, 1 unsold, 1 skipped", "1 lot announced again", "utility"):
        assert piece in text


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Also on 80 columns every row of the table is one line."""
    assert max(map(len, closing(width).splitlines())) <= width


def test_the_quickstart_fits_24_lines_of_100(tmp_path: Path) -> None:
    """Table, totals, findings and where to read more."""
    said = truthbid("run", CONFIGS / "quickstart.yaml", "--journal", tmp_path / "q.db")
    lines = said.out.splitlines()
    assert len(lines) <= 23  # the last line of a screen is the next prompt
    assert max(map(len, lines[:-2])) <= 100
    assert lines[-1].startswith(f"more: truthbid report {tmp_path / 'q.db'}, ")
