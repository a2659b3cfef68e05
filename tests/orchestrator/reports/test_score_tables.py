"""What is printed of a scoreboard."""

from io import StringIO

from orchestrator.logs.score_log import Entry, ScoreLog
from orchestrator.logs.scoreboard import scoreboard
from orchestrator.reports.score_tables import print_scores
from orchestrator.reports.tables import console
from scoring.binary import LOGARITHMIC, QUADRATIC


def _printed(log: ScoreLog, *, logarithmic: bool = False) -> str:
    text = StringIO()
    print_scores(console(text), scoreboard(log, LOGARITHMIC if logarithmic else QUADRATIC))
    return text.getvalue()


def test_ties_gaps_and_infinities_are_said() -> None:
    """Who cannot be told apart, what is missing and what is infinite are sentences."""
    entries = [
        Entry(line, worker, report, float(line % 2), "", "")
        for line, (worker, report) in enumerate(
            [("ann", 0.5), ("ann", 0.5), ("bob", 0.5), ("bob", None), ("cas", 1.0)], 2
        )
    ]
    shown = _printed(ScoreLog(entries, [7, 8]), logarithmic=True)
    assert "Cannot be told apart: ann and bob." in shown
    assert "bob: 1 missing report scored as the base rate (line 5)." in shown
    assert "cas: 1 report certain and wrong" in shown
    assert "Left out: 2 rows without an outcome (lines 7, 8)." in shown


def test_foreign_names_do_no_harm() -> None:
    """Escapes and markup in names are text, and the table still fits 100 columns."""
    entries = [
        Entry(line, f"\x1b[31m[bold]{'x' * 90}{line % 2}", 0.5, 1.0, "[red]", "") for line in (2, 3)
    ]
    shown = _printed(ScoreLog(entries, []))
    assert "\x1b" not in shown
    assert "[bold]" in shown
    assert "(\x5bred])" in shown
    assert max(map(len, shown.splitlines())) <= 100
