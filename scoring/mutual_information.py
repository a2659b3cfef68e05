"""Multi-task peer prediction by the information that two workers' reports share.

A worker is paid the mutual information of its reports with a peer's, averaged over peers. Any
garbling of a report loses information, so no strategy that is the same on every task pays more than
truth (if tasks are drawn alike); renaming the labels pays the same. The plug-in estimates from few
shared tasks are noisy and biased, which is why every peer needs a fair number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.pairwise import Demand, average_over_peers
from scoring.peer import draw

if TYPE_CHECKING:
    from scoring.pairwise import Statistic
    from scoring.panel import Floats, Panel
    from scoring.peer import PeerResult

FEWEST_SHARED = 10
"""The fewest tasks shared with a peer for that peer to count."""


def total_variation(counts: Floats) -> Floats:
    """Return half the summed distance of a joint distribution from independence; in [0, 1].

    Args:
        counts: Joint counts of two reports, shape (..., classes, classes), each table not empty.

    Returns:
        Values of shape (...). The estimate is biased upwards by about 1 / sqrt(tasks).

    >>> import numpy as np
    >>> float(total_variation(np.array([[0.29, 0.21], [0.21, 0.29]])).round(9))
    0.08
    """
    import numpy as np

    joint, independent = _shares(counts)
    values: Floats = np.abs(joint - independent).sum(axis=(-2, -1)) / 2
    return values


def kullback_leibler(counts: Floats) -> Floats:
    """Return Shannon's mutual information in nats, at least 0.

    Args:
        counts: Joint counts of two reports, shape (..., classes, classes), each table not empty.

    Returns:
        Values of shape (...), biased upwards by about (classes - 1)^2 / (2 tasks).
    """
    import numpy as np

    joint, independent = _shares(counts)
    ratio = np.divide(joint, independent, out=np.ones_like(joint), where=joint > 0)
    values: Floats = (joint * np.log(ratio)).sum(axis=(-2, -1))
    return values


def corrected_kullback_leibler(counts: Floats) -> Floats:
    """Return `kullback_leibler` of counts less its first-order bias (Miller 1955)."""
    total = counts.sum(axis=(-2, -1))
    rows = (counts.sum(axis=-1) > 0).sum(axis=-1)
    columns = (counts.sum(axis=-2) > 0).sum(axis=-1)
    values: Floats = kullback_leibler(counts) - (rows - 1) * (columns - 1) / (2 * total)
    return values


def determinant(counts: Floats) -> Floats:
    """Return the unbiased estimate of the squared determinant of the joint distribution.

    Truth pays the most of all strategies, whatever the others do, for at least ``2 C`` tasks drawn
    alike and strategies that are the same on every task. The guarantee is about the mean: with few
    tasks the noise is many times the mean. Source: Kong (2020), section 4.

    Args:
        counts: Joint counts on two disjoint sets of tasks, shape (..., 2, classes, classes), at
            least as many tasks in each as classes.

    Returns:
        Values of shape (...).

    >>> import numpy as np
    >>> counts = np.array([[[1.0, 1], [0, 2]], [[1, 0], [2, 3.0]]])
    >>> round(float(determinant(counts)), 9)  # 2 * 3 / (2! * 2! * 6 * 15)
    0.016666667
    """
    import numpy as np

    size = counts.shape[-1]
    totals = counts.sum(axis=(-2, -1))
    falling = np.prod([totals - step for step in range(size)], axis=0)
    scaled = np.linalg.det(counts) / falling
    values: Floats = scaled.prod(axis=-1)
    return values


def total_variation_scores(panel: Panel, *, fewest: int = FEWEST_SHARED) -> tuple[PeerResult, ...]:
    """Score workers by `total_variation` with each peer.

    This equals correlated agreement with the score matrix learned from the very pair, and so cannot
    tell a worker that renames all labels from a truthful one. Source: Kong, Schoenebeck (2019).

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with a peer.

    Returns:
        One score or refusal per worker.
    """
    return _score_whole(panel, total_variation, fewest)


def kullback_leibler_scores(panel: Panel, *, fewest: int = FEWEST_SHARED) -> tuple[PeerResult, ...]:
    """Score workers by `corrected_kullback_leibler` with each peer, in nats.

    Source: Kong, Schoenebeck (2019).

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with a peer.

    Returns:
        One score or refusal per worker.
    """
    return _score_whole(panel, corrected_kullback_leibler, fewest)


def determinant_scores(panel: Panel, *, fewest: int = FEWEST_SHARED) -> tuple[PeerResult, ...]:
    """Score workers by `determinant` with each peer.

    Fit to find workers without information; as pay it is noisy, and copies earn it many times.
    The panel's seed splits the tasks in two.

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with a peer; at least one more than classes in each half.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    order = sorted(range(len(panel.tasks)), key=lambda code: draw(panel.seed, panel.tasks[code]))
    halves = np.zeros(len(panel.tasks), dtype=np.intp)
    halves[order[1::2]] = 1
    # The jackknife leaves out one task, and then there must still be as many as classes.
    least = len(panel.classes) + 1
    return average_over_peers(panel, determinant, Demand(halves, max(fewest, 2 * least), least))


def _score_whole(panel: Panel, statistic: Statistic, fewest: int) -> tuple[PeerResult, ...]:
    import numpy as np

    whole = np.zeros(len(panel.tasks), dtype=np.intp)
    demand = Demand(whole, max(fewest, 2), 2)
    return average_over_peers(panel, lambda counts: statistic(counts[..., 0, :, :]), demand)


def _shares(counts: Floats) -> tuple[Floats, Floats]:
    joint = counts / counts.sum(axis=(-2, -1), keepdims=True)
    return joint, joint.sum(axis=-1, keepdims=True) * joint.sum(axis=-2, keepdims=True)
