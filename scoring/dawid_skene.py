"""Maximum likelihood of the true answers when every worker errs in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.panel import sums_by

if TYPE_CHECKING:
    from scoring.panel import Codes, Floats

_SMOOTHING = 0.01
_TOLERANCE = 1e-4
_ROUNDS = 100


class DawidSkene(NamedTuple):
    """What the reports say about truth and workers.

    Attributes:
        posterior: The probability of each class for each task, shape (tasks, classes).
        confusion: For each worker the probability of a report (last axis) given the true class,
            shape (workers, classes, classes).
        prior: The share of each true class, shape (classes,).
        rounds: How many rounds were needed.
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

    Starts at the vote shares and ends when no posterior moves by more than 1e-4. Assumes that
    workers err independently given the truth; families that err together are overcounted.
    Source: Dawid, Skene (1979); .01 is added to every count.

    Args:
        task: Codes from 0, one per report.
        worker: Codes from 0, one per report.
        label: Codes from 0 below ``classes``, one per report.
        classes: The number of classes.
        rounds: The most rounds.

    Returns:
        The fit.
    """
    import numpy as np

    tasks, size = int(task.max()) + 1, int(worker.max()) + 1
    cell = worker * classes + label
    # One row per class, contiguous: numpy is slow along a short last axis.
    votes = sums_by(label * tasks + task, np.ones(len(task)), tasks * classes)
    posterior = votes.reshape(classes, tasks)
    posterior = posterior / np.maximum(posterior.sum(axis=0), 1)
    confusion, prior = _maximise(task, cell, posterior, size)
    used, moved = 0, 1.0
    while used < rounds and moved >= _TOLERANCE:
        used += 1
        logs = np.log(confusion).reshape(classes, size * classes)
        evidence = np.stack([sums_by(task, row.take(cell), tasks) for row in logs])
        joint = evidence + np.log(prior)[:, None]
        joint = np.exp(joint - joint.max(axis=0))
        renewed = joint / joint.sum(axis=0)
        moved = float(np.abs(renewed - posterior).max())
        posterior = renewed
        confusion, prior = _maximise(task, cell, posterior, size)
    return DawidSkene(posterior.T, confusion.transpose(1, 0, 2), prior, used)


def _maximise(task: Codes, cell: Codes, posterior: Floats, workers: int) -> tuple[Floats, Floats]:
    """Return confusion matrices of shape (true class, workers, report) and the class shares."""
    import numpy as np

    classes = len(posterior)
    counts = [sums_by(cell, row.take(task), workers * classes) for row in posterior]
    table = np.stack(counts).reshape(classes, workers, classes) + _SMOOTHING
    shares = posterior.sum(axis=1) + _SMOOTHING
    return table / table.sum(axis=2, keepdims=True), shares / shares.sum()
