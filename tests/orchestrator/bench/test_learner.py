"""Tests of learning from what is seen."""

from pathlib import Path

from orchestrator.bench.learner import PRIOR, Learner
from tests.orchestrator.bench.tables import parts


def test_bandit_feedback_is_that_of_paid_work(tmp_path: Path) -> None:
    """Only the chosen worker's rate moves; with all outcomes every rate does."""
    _, asked = parts(tmp_path)
    loud = asked.workers.index("loud")
    bandit, everything = Learner(asked, everything=False), Learner(asked, everything=True)
    for learner in (bandit, everything):
        learner.see(0, loud)
    assert (bandit.chances(0) < PRIOR).sum() == 1
    assert bandit.chances(0)[loud] == 0.6
    assert (everything.chances(0) != PRIOR).all()


def test_nobody_teaches_nothing(tmp_path: Path) -> None:
    """A question that nobody did moves no rate."""
    _, asked = parts(tmp_path)
    learner = Learner(asked, everything=False)
    learner.see(0, -1)
    assert (learner.chances(0) == PRIOR).all()
