"""The labels of a crowd, laid out so that one pass over them is cheap.

A fit of confusion matrices reads every label twice in each round: by task, to say what the answer is,
and by worker and label, to say how the worker errs. Both orders are made once. Tasks with the same
number of labels form a block, whose sums are additions of whole rows; and since the probabilities of a
task sum to 1, all that concerns the last class follows from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.panel import sums_by
from scoring.squarem import Place

if TYPE_CHECKING:
    from scoring.panel import Codes, Floats

SMOOTHING = 0.01
"""What is added to every count: a weak prior that keeps every error possible."""


class Labels:
    """The labels of one crowd and the two halves of a round.

    A *model* is one array: the confusion matrices, by true class, worker and label, and then the
    share of each true class.

    Args:
        task: Codes from 0, one per label.
        worker: Codes from 0, one per label.
        label: Codes from 0 below ``classes``, one per label.
        classes: The number of classes.
    """

    def __init__(self, task: Codes, worker: Codes, label: Codes, classes: int) -> None:
        import numpy as np

        self.classes, self.workers = classes, int(worker.max()) + 1
        self._cells = self.workers * classes
        given = np.bincount(task)
        self._by_count = np.argsort(given, kind="stable")
        place = np.empty_like(self._by_count)
        place[self._by_count] = np.arange(len(given))
        cell, row = worker * classes + label, place[task]
        self._counts = sums_by(cell, np.ones(len(cell)), self._cells)
        # Small integers are sorted by their digits, ten times faster.
        order = np.argsort(cell.astype(np.min_scalar_type(self._cells)), kind="stable")
        self._task_by_cell = row[order]
        self._used = np.flatnonzero(self._counts)
        self._starts = np.searchsorted(cell[order], self._used)
        self._blocks, self._cell_by_task = _blocks(given[self._by_count], row, cell)
        self._room = np.empty(len(cell))

    def vote_shares(self) -> Floats:
        """Return for each class (first axis) its share of the labels of each task, as `visit` does."""
        import numpy as np

        label = np.arange(self._cells) % self.classes
        votes = np.zeros((self.classes, len(self._by_count)))
        for one in range(self.classes):
            self._add_up((label == one).astype(float), votes[one])
        shares: Floats = votes / np.maximum(votes.sum(axis=0), 1.0)
        return shares

    def visit(self, model: Floats) -> Place:
        """Return the logarithm of the model's posterior density, a better model, and the answers.

        The model's rows must sum to 1: see `normalised`. The answers are the probabilities of each
        class (first axis) for each task, in the order that `in_order` undoes.
        """
        import numpy as np

        logs = np.log(model)
        confusion, prior = logs[: -self.classes].reshape(self.classes, -1), logs[-self.classes :]
        joint = np.zeros((self.classes, len(self._by_count)))
        for one in range(self.classes - 1):
            self._add_up(confusion[one] - confusion[-1], joint[one])
            joint[one] += prior[one] - prior[-1]
        highest = joint.max(axis=0)
        joint -= highest
        np.exp(joint, out=joint)
        total = joint.sum(axis=0)
        joint /= total
        evidence = float(highest.sum() + np.log(total).sum() + self._counts @ confusion[-1])
        height = evidence + len(total) * float(prior[-1]) + SMOOTHING * float(logs.sum())
        return Place(model, height, self.maximised(joint), joint)

    def maximised(self, posterior: Floats) -> Floats:
        """Return the most probable model for given probabilities of the answers."""
        import numpy as np

        table = np.full((self.classes, self._cells), SMOOTHING)
        table[-1] += self._counts
        for one in range(self.classes - 1):
            np.take(posterior[one], self._task_by_cell, out=self._room, mode="clip")
            expected = np.zeros(self._cells)
            expected[self._used] = np.add.reduceat(self._room, self._starts)
            table[one] += expected
            table[-1] -= expected
        shares = posterior.sum(axis=1) + SMOOTHING
        return self.normalised(np.concatenate([table.ravel(), shares]))

    def confusion(self, model: Floats) -> Floats:
        """Return the confusion matrices, shape (workers, true classes, labels)."""
        table = model[: -self.classes].reshape(self.classes, self.workers, self.classes)
        return table.transpose(1, 0, 2)

    def in_order(self, posterior: Floats) -> Floats:
        """Return probabilities of answers, one row per task in the order of the codes."""
        import numpy as np

        found = np.empty((posterior.shape[1], self.classes))
        found[self._by_count] = posterior.T
        return found

    def _add_up(self, table: Floats, sums: Floats) -> None:
        """Set the sum of each task to that of a table, one number per worker and label, over its labels."""
        import numpy as np

        # Into room that is there already: fresh memory for so many numbers costs more than the sums.
        np.take(table, self._cell_by_task, out=self._room, mode="clip")
        for tasks, labels, height in self._blocks:
            np.add.reduce(self._room[labels].reshape(height, -1), axis=0, out=sums[tasks])

    def normalised(self, model: Floats) -> Floats:
        """Return a model of positive numbers with the rows of every matrix brought to a sum of 1."""
        import numpy as np

        table = self.confusion(model)
        rows = table / table.sum(axis=2, keepdims=True)
        shares = model[-self.classes :]
        return np.concatenate([rows.transpose(1, 0, 2).ravel(), shares / shares.sum()])


def _blocks(
    given: Codes, place: Codes, cell: Codes
) -> tuple[list[tuple[slice, slice, int]], Codes]:
    """Return the blocks of tasks with equally many labels, and the cells in the order of the blocks.

    Args:
        given: The number of labels of each task, ascending.
        place: The task of each label.
        cell: The worker and label of each label.

    Returns:
        For each block its tasks, its labels and its labels per task; and in it the first labels of
        all its tasks, then the second ones, and so on.
    """
    import numpy as np

    cells = cell[np.argsort(place.astype(np.min_scalar_type(len(given))), kind="stable")]
    blocks: list[tuple[slice, slice, int]] = []
    task = label = 0
    for height, width in zip(*np.unique(given, return_counts=True), strict=True):
        tasks, labels = slice(task, task + width), slice(label, label + width * height)
        task, label = tasks.stop, labels.stop
        if height:
            cells[labels] = cells[labels].reshape(width, height).T.ravel()
            blocks.append((tasks, labels, int(height)))
    return blocks, cells
