"""How often labels are wrong, estimated without any truth.

Given the truth, labels of different workers are independent coins. For a mixture of two coins the
probabilities that one, two and three of them give a label determine both coins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.peer import draw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Floats, Panel

    Mask = NDArray[np.bool_]

BLOCKS = 20
"""The number of blocks of tasks that are left out in turn for a standard error."""


class ErrorRates(NamedTuple):
    """How often a label is wrong.

    Attributes:
        false_positive: e0, the probability of the label where it is not the truth.
        false_negative: e1, the probability of another label where it is the truth.
        prior: The probability that it is the truth.
        variance: The variance over tasks of the probability of the label.
    """

    false_positive: Floats
    false_negative: Floats
    prior: Floats
    variance: Floats

    @property
    def distance(self) -> Floats:
        """How much a label tells: 1 - e0 - e1."""
        return 1 - self.false_positive - self.false_negative


def error_rates(first: Floats, second: Floats, third: Floats) -> ErrorRates:
    """Solve for the error rates from the chance that one, two and three peers give the label.

    Assumes that labels are independent given the truth, peers alike on average and better than
    chance (without which the two solutions cannot be told apart).
    Source: Liu, Wang, Chen (2022), section 4.

    Args:
        first: The probability that a random peer gives the label.
        second: That two different peers do.
        third: That three different peers do.

    Returns:
        The rates; NaN where there is no variance over tasks.
    """
    import numpy as np

    variance = second - first**2
    sum_of_roots = np.divide(
        third - first * second, variance, out=np.full_like(first, np.nan), where=variance > 0
    )
    product = first * sum_of_roots - second
    half = np.sqrt(np.maximum(sum_of_roots**2 / 4 - product, 0))
    high = np.clip(sum_of_roots / 2 + half, 0, 1)
    low = np.clip(sum_of_roots / 2 - half, 0, 1)
    span = high - low
    prior = np.divide(first - low, span, out=np.full_like(first, np.nan), where=span > 0)
    return ErrorRates(low, 1 - high, prior, variance)


def one_voice_each(panel: Panel) -> Mask:
    """Choose one report per owner and then one per family on each task, by the panel's seed."""
    import numpy as np

    keys = [panel.task * len(panel.reports) + codes for codes in (panel.owner, panel.family)]
    if all(len(np.unique(key)) == len(key) for key in keys):
        return np.ones(len(panel.reports), dtype=bool)
    lots = np.array([draw(panel.seed, one.task, one.worker) for one in panel.reports])
    chosen = np.argsort(lots)
    for key in keys:
        _, first = np.unique(key[chosen], return_index=True)
        chosen = chosen[np.sort(first)]
    mask = np.zeros(len(panel.reports), dtype=bool)
    mask[chosen] = True
    return mask


def rates_by_block(panel: Panel, third: Mask) -> tuple[int, ErrorRates]:
    """Estimate the rates of some reports from all tasks and with each block of tasks left out.

    Returns:
        The number of tasks with three reports; rates of shape (1 + blocks, classes), all tasks
        first.
    """
    import numpy as np

    size, length = len(panel.classes), len(panel.tasks)
    cells = panel.task[third] * size + panel.label[third]
    given = np.bincount(cells, minlength=length * size).reshape(length, size).astype(float)
    total = given.sum(axis=1, keepdims=True)
    kept = total[:, 0] >= 3
    given, total = given[kept], total[kept]
    moments = [given / total]
    for step in (1, 2):
        moments.append(moments[-1] * (given - step) / (total - step))
    blocks = np.eye(BLOCKS)[np.flatnonzero(kept) % BLOCKS]
    weight = np.vstack([np.ones(len(given)), 1 - blocks.T])
    counts = np.maximum(weight.sum(axis=1, keepdims=True), 1)
    return len(given), error_rates(*(weight @ moment / counts for moment in moments))


def jackknife_error(replicates: Floats) -> float:
    """Return the standard error from estimates with one block of tasks left out each."""
    import numpy as np

    spread = ((replicates - replicates.mean()) ** 2).sum()
    return float(np.sqrt((BLOCKS - 1) / BLOCKS * spread))
