"""Standard errors of differences on questions that come in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evaluation.resampling import RESAMPLES

if TYPE_CHECKING:
    from orchestrator.bench.dataset import Floats, Whole


def grouped_draws(values: Floats, group: Whole, seed: int) -> Floats:
    """Return the mean of each column in resamples of the questions, a row for each resample.

    Questions of one group are drawn together, so what they share does not count twice (Efron and
    Tibshirani 1993, chapter 8). The same seed draws the same questions, so means pair.

    Args:
        values: By question and column.
        group: By question, the number of its group.
        seed: Of the draws.
    """
    _, places = np.unique(group, return_inverse=True)
    count = int(places.max()) + 1
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, places, values)
    sizes = np.bincount(places, minlength=count).astype(np.float64)
    rng = np.random.default_rng(seed)
    means = np.empty((RESAMPLES, values.shape[1]))
    for sample in range(RESAMPLES):
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        means[sample] = times @ sums / (times @ sizes)
    return means


def grouped_errors(differences: Floats, group: Whole, seed: int) -> Floats:
    """Return the standard error of the mean of each column, by a bootstrap over groups.

    Args:
        differences: By question and comparison: both sides on the same question.
        group: By question, the number of its group.
        seed: Of the draws.
    """
    errors: Floats = grouped_draws(differences, group, seed).std(axis=0, ddof=1)
    return errors
