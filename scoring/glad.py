"""True answers when workers differ in ability and tasks in difficulty, one number for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.panel import sums_by

if TYPE_CHECKING:
    from scoring.panel import Codes, Floats

_TOLERANCE = 1e-4
_ROUNDS = 100
_LARGEST = 30.0
_MEAN = 1.0


class Glad(NamedTuple):
    """What the reports say about truth, workers and tasks.

    Attributes:
        posterior: The probability of each class for each task, shape (tasks, classes).
        ability: For each worker; 0 guesses, below 0 misleads.
        ease: For each task, positive; a worker is right with probability
            ``1 / (1 + exp(-ability * ease))``.
        rounds: How many rounds were needed.
    """

    posterior: Floats
    ability: Floats
    ease: Floats
    rounds: int


def fit(task: Codes, worker: Codes, label: Codes, classes: int, *, rounds: int = _ROUNDS) -> Glad:
    """Fit abilities and difficulties by expectation maximisation, two Newton steps a round.

    Wrong reports are spread evenly over the other classes; ability and the logarithm of ease have
    the prior N(1, 1). Fewer parameters than Dawid-Skene, so it holds with few reports per worker.
    Source: Whitehill, Ruvolo, Wu, Bergsma, Movellan (2009), section 3.

    Args:
        task: Codes from 0, one per report.
        worker: Codes from 0, one per report.
        label: Codes from 0 below ``classes``, one per report.
        classes: The number of classes, at least 2.
        rounds: The most rounds.

    Returns:
        The fit.
    """
    import numpy as np

    tasks, workers = int(task.max()) + 1, int(worker.max()) + 1
    ability, log_ease = np.full(workers, _MEAN), np.full(tasks, _MEAN)
    cell = task * classes + label
    posterior = _expect(task, cell, ability[worker] * np.exp(log_ease)[task], classes)
    used, moved = 0, 1.0
    while used < rounds and moved >= _TOLERANCE:
        used += 1
        right = posterior.ravel()[cell]
        ease = np.exp(log_ease)[task]
        ability = _newton(worker, ability, right, ability[worker] * ease, ease)
        logit = ability[worker] * ease
        log_ease = _newton(task, log_ease, right, logit, logit)
        renewed = _expect(task, cell, ability[worker] * np.exp(log_ease)[task], classes)
        moved = float(np.abs(renewed - posterior).max())
        posterior = renewed
    return Glad(posterior, ability, np.exp(log_ease), used)


def _expect(task: Codes, cell: Codes, logit: Floats, classes: int) -> Floats:
    """Return the posterior of each class: a report adds its log odds to the class that it names."""
    import numpy as np

    tasks = int(task.max()) + 1
    odds = logit + np.log(classes - 1)
    joint = sums_by(cell, odds, tasks * classes).reshape(tasks, classes)
    joint = np.exp(joint - joint.max(axis=1, keepdims=True))
    posterior: Floats = joint / joint.sum(axis=1, keepdims=True)
    return posterior


def _newton(codes: Codes, value: Floats, right: Floats, logit: Floats, slope: Floats) -> Floats:
    """Move each value one Newton step up the expected log likelihood plus its prior.

    Args:
        codes: Which value each report depends on.
        value: The values.
        right: The probability that each report is right.
        logit: The log odds with which the model says so.
        slope: The derivative of ``logit`` by the value.
    """
    import numpy as np

    model = 1 / (1 + np.exp(-np.clip(logit, -_LARGEST, _LARGEST)))
    uphill = sums_by(codes, (right - model) * slope, len(value)) - (value - _MEAN)
    curvature = sums_by(codes, model * (1 - model) * slope**2, len(value)) + 1
    moved: Floats = value + np.clip(uphill / curvature, -1, 1)
    return moved
