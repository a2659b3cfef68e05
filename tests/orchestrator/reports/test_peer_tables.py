"""What is printed of labels."""

from io import StringIO
from pathlib import Path

from orchestrator.logs.consensus import Answer
from orchestrator.logs.peer_log import read_peer_log
from orchestrator.logs.peer_scores import peer_board
from orchestrator.reports.peer_tables import print_answers, print_peers
from orchestrator.reports.tables import console


def test_scores_refusals_and_assumptions_are_said(tmp_path: Path) -> None:
    """Who is not scored is named with the reason, and what the scores assume is a sentence."""
    path = tmp_path / "log.csv"
    rows = [f"t{task},{worker},{task % 2},1" for task in range(6) for worker in ("ann", "bob")]
    path.write_text(
        "task,worker,label,gold\nt0,[red]cas\x1b[31m,1,1\nt9,ann,,1\n" + "\n".join(rows)
    )
    text = StringIO()
    print_peers(console(text), peer_board(read_peer_log(path), "dasgupta-ghosh"))
    shown = " ".join(text.getvalue().split())
    assert "Scored by dasgupta-ghosh: 2 of 3 workers; higher is better." in shown
    assert "1 missing label: they count 0." in shown
    assert "Not scored, only 1 usable tasks shared with peers" in shown
    assert "[red]cas" in shown
    assert "\x1b" not in shown
    assert "Rank correlation of score and accuracy: too few or equal." in shown
    assert "Assumes: workers answer by the same rule on every task" in shown


def test_the_first_answers_are_shown_in_full() -> None:
    """Twenty answers, how many more there are, and how many are right."""
    text = StringIO()
    answers = [Answer("", f"t{n}", "[b]yes", 0.5, "[b]yes" if n else "no") for n in range(40)]
    print_answers(console(text), answers, "plurality")
    shown = text.getvalue()
    assert "t19" in shown
    assert "t20" not in shown
    assert "... and 20 more; --answers FILE writes all." in shown
    assert "[b]yes" in shown
    assert "Right by plurality: 97.50 % of 40 tasks with a known truth." in shown
