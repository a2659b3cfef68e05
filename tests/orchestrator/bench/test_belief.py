"""Tests of what the first part teaches."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.belief import recalibrated_belief, stated_belief, table_belief
from tests.orchestrator.bench.tables import parts


def test_the_table_knows_who_is_good_at_what(tmp_path: Path) -> None:
    """Rates are by worker and kind; costs are means of the first part."""
    fit, asked = parts(tmp_path)
    belief = table_belief(fit, asked)
    ann, kind_a = fit.workers.index("ann"), asked.kind == fit.kinds.index("a")
    assert belief.chance[kind_a, ann].min() > 0.95
    assert belief.chance[~kind_a, ann].max() < 0.05
    assert np.allclose(belief.cost[:, fit.workers.index("dear")], 5.0)


def test_the_cost_of_the_question_itself_is_not_known(tmp_path: Path) -> None:
    """Changing recorded costs of the second part changes no belief."""
    fit, asked = parts(tmp_path)
    before = table_belief(fit, asked).cost.copy()
    asked.cost[:] *= 7
    assert np.array_equal(table_belief(fit, asked).cost, before)


def test_stated_confidences_are_taken_as_they_are(tmp_path: Path) -> None:
    """Worker loud is believed."""
    fit, asked = parts(tmp_path)
    assert stated_belief(fit, asked).chance[:, fit.workers.index("loud")] == pytest.approx(0.99)


def test_recalibration_sees_through_who_is_loud(tmp_path: Path) -> None:
    """Its 0.99 comes true never; the low and high reports of cheap are worth what they say."""
    fit, asked = parts(tmp_path)
    chance = recalibrated_belief(fit, asked).chance
    assert chance[:, fit.workers.index("loud")].max() < 0.01
    cheap = fit.workers.index("cheap")
    assert np.abs(chance[:, cheap] - asked.success[:, cheap]).max() < 0.1
