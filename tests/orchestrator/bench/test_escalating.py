"""Tests of escalation on recorded answers."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.escalating import Escalating, Team, coincidence
from tests.orchestrator.bench.tables import parts


def test_a_sure_answer_is_kept_and_another_bought_else(tmp_path: Path) -> None:
    """Cheap is kept where it states 0.95; elsewhere dear is bought too: always right, for 0.1 or 5.1."""
    fit, asked = parts(tmp_path)
    cheap, dear = asked.workers.index("cheap"), asked.workers.index("dear")
    played = Escalating(fit).played(asked, 20.0, Team((cheap, dear)))
    assert played.success.all()
    lucky = asked.success[:, cheap] > 0
    assert np.allclose(played.cost, np.where(lucky, 0.1, 5.1))
    assert np.array_equal(played.cost, played.paid)


def test_the_team_is_chosen_on_the_first_part(tmp_path: Path) -> None:
    """Nothing is bought where a success is worth nothing; at 20 the team is always right there."""
    fit, _ = parts(tmp_path)
    escalating = Escalating(fit)
    assert not escalating.played(fit, 0.01, escalating.team(0.01)).cost.any()
    assert escalating.played(fit, 20.0, escalating.team(20.0)).success.mean() > 0.95


def test_who_has_no_record_is_not_asked(tmp_path: Path) -> None:
    """Where cheap has no record dear is bought at once; where nobody has one nothing is."""
    fit, asked = parts(tmp_path)
    cheap, dear = asked.workers.index("cheap"), asked.workers.index("dear")
    asked.success[0, cheap] = np.nan
    asked.success[1, [cheap, dear]] = np.nan
    played = Escalating(fit).played(asked, 20.0, Team((cheap, dear)))
    assert played.cost[:2].tolist() == [5.0, 0.0]
    assert played.success[:2].tolist() == [1.0, 0.0]


def test_an_answer_that_is_missing_is_paid_and_not_delivered(tmp_path: Path) -> None:
    """Cheap gives no answer to the first question: it is paid all the same, and dear is bought."""
    fit, asked = parts(tmp_path)
    cheap, dear = asked.workers.index("cheap"), asked.workers.index("dear")
    asked.answer[0, cheap] = -1
    played = Escalating(fit).played(asked, 20.0, Team((cheap, dear)))
    assert (played.success[0], played.cost[0]) == (1.0, pytest.approx(5.1))


def test_how_often_wrong_answers_are_the_same(tmp_path: Path) -> None:
    """Wrong ones are x or y, w and z, never the same; one letter for all of them is always the same."""
    fit, _ = parts(tmp_path)
    assert coincidence(fit) is None
    fit.answer[:] = 0
    assert coincidence(fit) == 1.0
