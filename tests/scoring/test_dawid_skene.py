"""Expectation maximisation for confusion matrices: never downhill, and it finds what was there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.dawid_skene import DawidSkene, fit
from scoring.panel import Panel, panel_of
from tests.scoring.worlds import Codes, crowd


def _sample(
    seed: int, tasks: int = 12, workers: int = 4, classes: int = 3
) -> tuple[Codes, Codes, Codes]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=tasks)
    task, worker = np.divmod(np.arange(tasks * workers), workers)
    right = rng.random(len(task)) < 0.7
    label = np.where(right, truth[task], rng.integers(classes, size=len(task)))
    return task.astype(np.intp), worker.astype(np.intp), label.astype(np.intp)


def _penalised_likelihood(model: DawidSkene, task: Codes, worker: Codes, label: Codes) -> float:
    """Return the log likelihood plus the logarithm of the prior that .01 per count stands for."""
    total = 0.0
    for one in range(len(model.posterior)):
        mine = task == one
        seen = model.confusion[worker[mine], :, label[mine]].prod(axis=0)
        total += float(np.log((model.prior * seen).sum()))
    return total + 0.01 * float(np.log(model.confusion).sum() + np.log(model.prior).sum())


def _share_right(panel: Panel, model: DawidSkene, truth: dict[str, str]) -> float:
    best = [panel.classes[int(code)] for code in model.posterior.argmax(axis=1)]
    pairs = zip(best, panel.tasks, strict=True)
    return sum(answer == truth[task] for answer, task in pairs) / len(best)


@given(st.integers(0, 10_000))
def test_every_round_goes_uphill(seed: int) -> None:
    """The penalised likelihood never falls from round to round."""
    task, worker, label = _sample(seed)
    climbed = [
        _penalised_likelihood(fit(task, worker, label, 3, rounds=rounds), task, worker, label)
        for rounds in range(1, 8)
    ]
    assert (np.diff(climbed) >= -1e-9).all()


@given(st.integers(0, 10_000))
def test_one_round_equals_the_formula_in_loops(seed: int) -> None:
    """The posterior after one round is prior times product of confusions, from vote shares."""
    task, worker, label = _sample(seed, tasks=6)
    votes = np.zeros((6, 3))
    for one, given_label in zip(task, label, strict=True):
        votes[one, given_label] += 0.25
    confusion = np.full((4, 3, 3), 0.01)
    for one, who, given_label in zip(task, worker, label, strict=True):
        confusion[who, :, given_label] += votes[one]
    confusion /= confusion.sum(axis=2, keepdims=True)
    prior = (votes.sum(axis=0) + 0.01) / (votes.sum() + 0.03)
    slow = np.tile(prior, (6, 1))
    for one, who, given_label in zip(task, worker, label, strict=True):
        slow[one] *= confusion[who, :, given_label]
    slow /= slow.sum(axis=1, keepdims=True)
    assert fit(task, worker, label, 3, rounds=1).posterior == pytest.approx(slow)


def test_confusion_and_accuracy_are_recovered() -> None:
    """From 3000 tasks the accuracies of five workers are found within .03, without any truth."""
    accuracies = [0.9, 0.6, 0.75, 0.8, 0.7]
    rows, truth = crowd(np.random.default_rng(1), accuracies, 3000, prior=0.6)
    panel = panel_of(rows)
    model = fit(panel.task, panel.worker, panel.label, 2)
    assert model.accuracy == pytest.approx(accuracies, abs=0.03)
    assert _share_right(panel, model, truth) > 0.9


def test_posteriors_and_matrices_are_distributions() -> None:
    """Posteriors, confusion rows and the prior are positive and sum to 1."""
    task, worker, label = _sample(3)
    model = fit(task, worker, label, 3)
    assert model.posterior.sum(axis=1) == pytest.approx(np.ones(12))
    assert model.confusion.sum(axis=2) == pytest.approx(np.ones((4, 3)))
    assert model.prior.sum() == pytest.approx(1)
    assert model.confusion.min() > 0


def test_one_who_always_lies_is_as_useful_as_one_who_never_does() -> None:
    """A worker with accuracy .1 on yes-or-no tasks is read the other way round."""
    rows, truth = crowd(np.random.default_rng(2), [0.7, 0.7, 0.7, 0.05], 1000)
    panel = panel_of(rows)
    model = fit(panel.task, panel.worker, panel.label, 2)
    assert _share_right(panel, model, truth) > 0.93
    assert model.accuracy[3] < 0.15
