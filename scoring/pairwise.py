"""A statistic of what two workers report on shared tasks, averaged over a worker's peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.evidence import objections
from scoring.peer import PeerRefusal, PeerResult, PeerScore

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Codes, Floats, Panel

    Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Demand(NamedTuple):
    """What a peer must share with a worker to count.

    Attributes:
        part: The part that each task belongs to, from 0; a statistic sees the parts apart.
        tasks: The fewest shared tasks.
        in_part: The fewest shared tasks in each part.
    """

    part: Codes
    tasks: int
    in_part: int


class _Shared(NamedTuple):
    """What one worker shares with every other.

    Attributes:
        cells: Places in ``counts``, shape (tasks of the worker, workers); -1 where not shared.
        counts: Joint counts, shape (workers, parts, classes, classes).
        weight: What each worker counts as a peer; one unit per owner.
    """

    cells: Codes
    counts: Floats
    weight: Floats


def average_over_peers(
    panel: Panel, statistic: Statistic, demand: Demand
) -> tuple[PeerResult, ...]:
    """Score each worker by a statistic of its joint counts with each peer, averaged over peers.

    Args:
        panel: The reports.
        statistic: From joint counts of shape (peers, parts, classes, classes) to one value each;
            it must be defined with any one task left out.
        demand: Which peers count.

    Returns:
        One score or refusal per worker; peers weigh one unit per owner. The standard error is the
        jackknife over tasks.
    """
    import numpy as np

    labels = np.full((len(panel.tasks), len(panel.workers)), -1, dtype=np.intp)
    labels[panel.task, panel.worker] = panel.label
    owner, family = np.zeros((2, len(panel.workers)), dtype=np.intp)
    owner[panel.worker], family[panel.worker] = panel.owner, panel.family
    found: list[PeerResult] = []
    for worker, reason in enumerate(objections(panel, panel.peers > 0, 2)):
        name = panel.workers[worker]
        strangers = (owner != owner[worker]) & (family != family[worker])
        cells = _cells(labels, worker, strangers, demand.part, len(panel.classes))
        shared = _share(cells, owner, demand, len(panel.classes))
        if reason is not None:
            found.append(PeerRefusal(name, reason))
        elif not shared.weight.any():
            found.append(PeerRefusal(name, f"no peer shares {demand.tasks} tasks"))
        else:
            found.append(_score(name, shared, statistic))
    return tuple(found)


def _cells(
    labels: Codes, worker: int, strangers: NDArray[np.bool_], part: Codes, classes: int
) -> Codes:
    """Return the place in the joint counts of each (task of the worker, other worker)."""
    import numpy as np

    tasks = np.flatnonzero(labels[:, worker] >= 0)
    theirs = labels[tasks]
    others = np.arange(labels.shape[1], dtype=np.intp) * (int(part.max()) + 1)
    rows = (others + part[tasks][:, None]) * classes + labels[tasks, worker][:, None]
    cells: Codes = rows * classes + theirs
    return np.where((theirs >= 0) & strangers, cells, -1)


def _share(cells: Codes, owner: Codes, demand: Demand, classes: int) -> _Shared:
    import numpy as np

    shape = (len(owner), int(demand.part.max()) + 1, classes, classes)
    counts = np.bincount(cells[cells >= 0], minlength=int(np.prod(shape))).reshape(shape)
    sizes = counts.sum(axis=(2, 3))
    peers = (sizes.sum(axis=1) >= demand.tasks) & (sizes.min(axis=1) >= demand.in_part)
    voices = np.bincount(owner, peers, minlength=int(owner.max()) + 1)[owner]
    weight = np.divide(peers, voices, out=np.zeros(len(peers)), where=peers)
    return _Shared(cells, counts.astype(float), weight)


def _score(name: str, shared: _Shared, statistic: Statistic) -> PeerScore:
    """Average a statistic over peers and leave out one task after the other."""
    import numpy as np

    kept = shared.weight > 0
    weight = shared.weight[kept] / shared.weight.sum()
    counts = shared.counts[kept]
    values = statistic(counts)
    flat = counts.reshape(len(counts), -1)
    # All tasks in one cell have the same replicate, so there are cells and not tasks to go through.
    without = np.repeat(values[:, None], flat.shape[1], axis=1)
    for cell in np.flatnonzero(flat.any(axis=0)):
        present = flat[:, cell] > 0
        fewer = flat[present]
        fewer[:, cell] -= 1
        without[present, cell] = statistic(fewer.reshape(-1, *counts.shape[1:]))
    cells = shared.cells[:, kept]
    cells = cells[(cells >= 0).any(axis=1)]
    seen = without[np.arange(len(values)), np.maximum(cells % flat.shape[1], 0)]
    replicates = np.where(cells >= 0, seen, values) @ weight
    n = len(replicates)
    error = np.sqrt((n - 1) / n * ((replicates - replicates.mean()) ** 2).sum())
    return PeerScore(name, float(values @ weight), int((cells >= 0).sum()), float(error))
