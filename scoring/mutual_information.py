"""Multi-task peer prediction by the information that two workers' reports share.

A worker is paid the mutual information of its reports with a peer's, averaged over peers. Any
garbling of a report loses information, so no strategy that is the same on every task pays more than
truth (if tasks are drawn alike); renaming the labels pays the same. The plug-in estimates from few
shared tasks are noisy and biased, which is why every peer needs a fair number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.evidence import objections
from scoring.peer import PeerRefusal, PeerResult, PeerScore, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Codes, Floats, Panel

    Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]

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
    >>> float(determinant(counts))  # 2 * 3 / (2! * 2! * 6 * 15)
    0.016666666666666666
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
    halves = _one_half(panel)
    return _pairwise(panel, lambda counts: total_variation(counts[..., 0, :, :]), halves, fewest)


def kullback_leibler_scores(panel: Panel, *, fewest: int = FEWEST_SHARED) -> tuple[PeerResult, ...]:
    """Score workers by `corrected_kullback_leibler` with each peer, in nats.

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with a peer.

    Returns:
        One score or refusal per worker. Source: Kong, Schoenebeck (2019).
    """
    halves = _one_half(panel)
    return _pairwise(
        panel, lambda counts: corrected_kullback_leibler(counts[..., 0, :, :]), halves, fewest
    )


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
    return _pairwise(panel, determinant, halves, max(fewest, 2 * len(panel.classes) + 2))


class _Shared(NamedTuple):
    """What one worker shares with every other.

    Attributes:
        cells: Places in ``counts``, shape (tasks of the worker, workers); -1 where not shared.
        counts: Joint counts, shape (workers, halves, classes, classes).
        weight: What each worker counts as a peer; one unit per owner.
    """

    cells: Codes
    counts: Floats
    weight: Floats


def _pairwise(
    panel: Panel, statistic: Statistic, halves: Codes, fewest: int
) -> tuple[PeerResult, ...]:
    import numpy as np

    labels = np.full((len(panel.tasks), len(panel.workers)), -1, dtype=np.intp)
    labels[panel.task, panel.worker] = panel.label
    owner, family = np.zeros((2, len(panel.workers)), dtype=np.intp)
    owner[panel.worker], family[panel.worker] = panel.owner, panel.family
    reasons = objections(panel, panel.peers > 0, 2)
    found: list[PeerResult] = []
    for worker, name in enumerate(panel.workers):
        strangers = (owner != owner[worker]) & (family != family[worker])
        shared = _share(labels, worker, strangers, owner, halves, len(panel.classes), fewest)
        reason = reasons[worker]
        if reason is None and not shared.weight.any():
            reason = f"no peer shares {fewest} tasks (each half enough of them)"
        found.append(PeerRefusal(name, reason) if reason else _score(name, shared, statistic))
    return tuple(found)


def _share(
    labels: Codes,
    worker: int,
    strangers: NDArray[np.bool_],
    owner: Codes,
    halves: Codes,
    classes: int,
    fewest: int,
) -> _Shared:
    import numpy as np

    tasks = np.flatnonzero(labels[:, worker] >= 0)
    theirs = labels[tasks]
    parts = int(halves.max()) + 1
    place = halves[tasks] * classes + labels[tasks, worker]
    columns = np.arange(labels.shape[1], dtype=np.intp)
    cells: Codes = (columns * parts * classes + place[:, None]) * classes + theirs
    cells[(theirs < 0) | ~strangers] = -1
    shape = (labels.shape[1], parts, classes, classes)
    counts = np.bincount(cells[cells >= 0], minlength=int(np.prod(shape))).reshape(shape)
    sizes = counts.sum(axis=(2, 3))
    # A determinant with one task left out still needs as many tasks as classes.
    least = classes + 1 if parts == 2 else 2
    peers = (sizes.sum(axis=1) >= fewest) & (sizes.min(axis=1) >= least)
    voices = np.bincount(owner, peers, minlength=int(owner.max()) + 1)[owner]
    weight = np.divide(peers, voices, out=np.zeros(len(peers)), where=peers)
    return _Shared(cells, counts.astype(float), weight)


def _score(name: str, shared: _Shared, statistic: Statistic) -> PeerScore:
    """Average a statistic over peers; the standard error is the jackknife over tasks."""
    import numpy as np

    kept = shared.weight > 0
    weight = shared.weight[kept] / shared.weight.sum()
    counts = shared.counts[kept]
    values = statistic(counts)
    size = int(np.prod(counts.shape[1:]))
    without = np.repeat(values[:, None], size, axis=1)
    for cell in np.flatnonzero(counts.reshape(len(counts), size).any(axis=0)):
        present = counts.reshape(len(counts), size)[:, cell] > 0
        fewer = counts[present].reshape(-1, size)
        fewer[:, cell] -= 1
        without[present, cell] = statistic(fewer.reshape(-1, *counts.shape[1:]))
    cells = shared.cells[:, kept]
    cells = cells[(cells >= 0).any(axis=1)]
    seen = without[np.arange(len(values)), np.maximum(cells % size, 0)]
    replicates = np.where(cells >= 0, seen, values) @ weight
    n = len(replicates)
    error = np.sqrt((n - 1) / n * ((replicates - replicates.mean()) ** 2).sum())
    return PeerScore(name, float(values @ weight), int((cells >= 0).sum()), float(error))


def _one_half(panel: Panel) -> Codes:
    import numpy as np

    return np.zeros(len(panel.tasks), dtype=np.intp)


def _shares(counts: Floats) -> tuple[Floats, Floats]:
    joint = counts / counts.sum(axis=(-2, -1), keepdims=True)
    return joint, joint.sum(axis=-1, keepdims=True) * joint.sum(axis=-2, keepdims=True)
