"""Ability and difficulty: recovered from reports alone."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.glad import Glad, fit
from scoring.panel import panel_of
from tests.scoring.worlds import Codes, Floats, crowd


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(float)


def _hard_and_easy(classes: int = 2) -> tuple[Codes, Floats, Glad]:
    """Sample the model itself: abilities from -1 to 4, ease .2 or 2; return truth, ability, fit."""
    rng = np.random.default_rng(1)
    ability, ease = np.linspace(-1, 4, 12), np.tile([0.2, 2.0], 300)
    truth = rng.integers(classes, size=600).astype(np.intp)
    task, worker = np.divmod(np.arange(600 * 12, dtype=np.intp), 12)
    right = rng.random(len(task)) < 1 / (1 + np.exp(-ability[worker] * ease[task]))
    wrong = (truth[task] + rng.integers(1, classes, size=len(task))) % classes
    label = np.where(right, truth[task], wrong).astype(np.intp)
    return truth, ability, fit(task, worker, label, classes)


@pytest.mark.parametrize("classes", [2, 4])
def test_the_order_of_abilities_is_recovered(classes: int) -> None:
    """Workers are ranked as they were made, also the one that misleads."""
    _, ability, model = _hard_and_easy(classes)
    order = np.corrcoef(_ranks(model.ability), _ranks(ability))[0, 1]
    assert order > 0.94
    if classes == 2:
        assert model.ability[0] < 0


def test_easy_tasks_are_told_from_hard_ones() -> None:
    """The mean estimated ease of easy tasks is at least twice that of hard ones."""
    _, _, model = _hard_and_easy()
    assert model.ease[1::2].mean() > 2 * model.ease[::2].mean()


@pytest.mark.parametrize("classes", [2, 4])
def test_answers_are_mostly_right(classes: int) -> None:
    """Easy tasks are answered nearly always, all posteriors are distributions."""
    truth, _, model = _hard_and_easy(classes)
    assert model.posterior.sum(axis=1) == pytest.approx(np.ones(600))
    right = model.posterior.argmax(axis=1) == truth
    assert right[1::2].mean() > 0.98
    assert right.mean() > 0.8


def test_wrong_reports_are_spread_over_the_other_classes() -> None:
    """Before a round a report is right with chance 1 / (1 + exp(-e)), the other classes share the rest."""
    one = np.zeros(1, dtype=np.intp)
    right = 1 / (1 + np.exp(-np.e))
    found = fit(one, one, one, 3, rounds=0).posterior[0]
    assert found == pytest.approx([right, (1 - right) / 2, (1 - right) / 2])


def test_few_reports_do_not_run_away() -> None:
    """Three unanimous workers on four tasks keep finite abilities and probabilities below 1."""
    rows, _ = crowd(np.random.default_rng(2), [1.0] * 3, 4)
    panel = panel_of(rows)
    model = fit(panel.task, panel.worker, panel.label, 2)
    assert np.isfinite(model.ability).all()
    assert np.isfinite(model.ease).all()
    assert model.rounds < 100
