"""Maximum likelihood of the true answers when every worker errs in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.confusion import Labels
from scoring.squarem import ascent

if TYPE_CHECKING:
    from scoring.panel import Codes, Floats

_TOLERANCE = 1e-4
_ROUNDS = 100


class DawidSkene(NamedTuple):
    """What the reports say about truth and workers.

    Attributes:
        posterior: The probability of each class for each task, shape (tasks, classes).
        confusion: For each worker the probability of a report (last axis) given the true class,
            shape (workers, classes, classes).
        prior: The share of each true class, shape (classes,).
        rounds: How many rounds were needed; a jump that was not taken counts for none.
    """

    posterior: Floats
    confusion: Floats
    prior: Floats
    rounds: int

    @property
    def accuracy(self) -> Floats:
        """The estimated probability of each worker to be right; the measure to rank workers by."""
        import numpy as np

        found: Floats = np.einsum("wkk,k->w", self.confusion, self.prior)
        return found


def fit(
    task: Codes, worker: Codes, label: Codes, classes: int, *, rounds: int = _ROUNDS
) -> DawidSkene:
    """Fit class shares and a confusion matrix per worker by expectation maximisation.

    Starts at the vote shares and ends when no posterior moves by more than 1e-4 in a round. No round
    lowers the posterior density; where rounds move slowly, some are jumps. Assumes that workers err
    independently given the truth; families that err together are overcounted.
    Source: Dawid, Skene (1979); .01 is added to every count. The jumps: Varadhan, Roland (2008).

    Args:
        task: Codes from 0, one per report.
        worker: Codes from 0, one per report.
        label: Codes from 0 below ``classes``, one per report.
        classes: The number of classes.
        rounds: The most rounds, at least 1.

    Returns:
        The fit.

    >>> import numpy as np
    >>> task, worker = np.repeat([0, 1, 2, 3], 3), np.tile([0, 1, 2], 4)
    >>> fit(task, worker, np.array([0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1]), 2).posterior.argmax(axis=1)
    array([0, 1, 0, 1])
    """
    labels = Labels(task, worker, label, classes)
    before = labels.vote_shares()
    climb = ascent(labels.visit, labels.maximised(before), labels.normalised)
    found, used = next(climb), 1
    while used < rounds and abs(found.view - before).max() >= _TOLERANCE:
        before, found, used = found.view, next(climb), used + 1
    confusion, prior = labels.confusion(found.uphill), found.uphill[-classes:]
    return DawidSkene(labels.in_order(found.view), confusion, prior, used)
