"""Multi-task peer prediction: agree more on the same task than across tasks.

A payment is a bonus on a shared task minus a penalty on two distinct tasks. Whoever reports without
looking at the task expects exactly 0. Payments are averaged over all peers and over all pairs of
distinct tasks, which has the mean of one random draw and far less noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.evidence import (
    FEWEST_TASKS,
    comparisons,
    mean_by_worker,
    objections,
    results,
    spread_by_worker,
)
from scoring.score_matrix import learn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Floats, Panel
    from scoring.peer import PeerResult

    Mask = NDArray[np.bool_]


def pay(
    bonus: tuple[int, int], penalty: tuple[int, int], matrix: Sequence[Sequence[float]]
) -> float:
    """Return one payment: the matrix at two reports on one task minus at reports on distinct tasks.

    With the unit matrix this is the mechanism of Dasgupta, Ghosh (2013), with ones where joint
    reports are more common than independent ones it is correlated agreement (Shnayder, Agarwal,
    Frongillo, Parkes 2016, section 3).

    >>> pay((1, 1), (1, 0), [[1, 0], [0, 1]])
    1
    """
    return matrix[bonus[0]][bonus[1]] - matrix[penalty[0]][penalty[1]]


def dasgupta_ghosh(
    panel: Panel, *, assigned: bool = False, fewest: int = FEWEST_TASKS
) -> tuple[PeerResult, ...]:
    """Score workers by how much more they agree on the same task than on distinct tasks; in [-1, 1].

    For two classes, tasks drawn alike and strategies that are the same on every task, truth pays
    the most of all equilibria, and a report that ignores its task expects 0. With more classes
    truth is still an equilibrium if no two different labels go together; otherwise see
    `correlated_agreement`. Source: Dasgupta, Ghosh (2013), section 3.

    Args:
        panel: The reports.
        assigned: True if workers could not choose their tasks. Then the penalty is drawn from all
            tasks of strangers, which is less noisy for workers with few tasks; else from the
            worker's own tasks, so that a constant report earns 0 whatever tasks it picks.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    size = len(panel.classes)
    matrices = np.broadcast_to(np.eye(size), (len(panel.workers), size, size))
    reasons = objections(panel, panel.peers > 0, fewest)
    return linear_scores(panel, matrices, reasons, assigned=assigned)


def correlated_agreement(
    panel: Panel,
    *,
    gold: Mapping[str, str] | None = None,
    assigned: bool = False,
    fewest: int = FEWEST_TASKS,
) -> tuple[PeerResult, ...]:
    """Score workers by agreement between labels that go together; in [-1, 1].

    Which labels go together is learned for each worker from the reports of third parties alone, all
    pairs that involve neither its owner nor its family, so no report changes its own score matrix.
    The expected score of truth is the total-variation mutual information with a peer; no strategy
    that is the same on every task expects more, and uninformed ones expect 0 (if peers are truthful
    and the matrix is learned right). Labels that go together are worth the same, so where peers
    often confuse two classes, telling them apart is not rewarded. Everybody swapping two labels
    pays the same as truth; answers that are known for some tasks reveal that.
    Source: Shnayder, Agarwal, Frongillo, Parkes (2016), sections 3 and 5.

    Args:
        panel: The reports.
        gold: Known answers by task; nobody is scored by third parties that swap labels on them.
        assigned: As in `dasgupta_ghosh`.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    groups, group = np.unique(np.stack([panel.owner, panel.family]), axis=1, return_inverse=True)
    of_worker = np.zeros(len(panel.workers), dtype=np.intp)
    of_worker[panel.worker] = group
    matrices, unlearned = learn(panel, groups, group, gold)
    found = objections(panel, panel.peers > 0, fewest)
    reasons = [own or unlearned[int(code)] for own, code in zip(found, of_worker, strict=True)]
    return linear_scores(panel, matrices[of_worker], reasons, assigned=assigned)


def linear_scores(
    panel: Panel, matrices: Floats, reasons: Sequence[str | None], *, assigned: bool
) -> tuple[PeerResult, ...]:
    """Return `pay` averaged over peers and over pairs of distinct tasks, with standard errors.

    Args:
        panel: The reports.
        matrices: A score matrix for each worker, shape (workers, classes, classes).
        reasons: Why a worker is not scored, or None.
        assigned: As in `dasgupta_ghosh`.
    """
    import numpy as np

    usable = panel.peers > 0
    rows = matrices[panel.worker, panel.label]
    elsewhere, feedback = _strangers_elsewhere(panel, usable, assigned=assigned)
    payments = (rows * (panel.shares - elsewhere)).sum(axis=1)
    own = mean_by_worker(panel, np.eye(len(panel.classes))[panel.label], usable)
    drawn = np.einsum("wa,wab->wb", own, matrices)
    # A task also moves the penalty of all other tasks; without that the error would be too large.
    reverse = (drawn[panel.worker] * panel.shares).sum(axis=1) * feedback[panel.worker]
    errors = spread_by_worker(panel, payments - reverse, usable)
    if assigned:
        errors = np.hypot(errors, _unseen_error(panel, drawn, feedback, usable))
    means = mean_by_worker(panel, payments[:, None], usable)[:, 0]
    return results(panel, means, errors, comparisons(panel, usable), reasons)


def _strangers_elsewhere(panel: Panel, usable: Mask, *, assigned: bool) -> tuple[Floats, Floats]:
    """Return the shares of strangers' labels on other tasks, and how much a task weighs in them."""
    import numpy as np

    counts = np.bincount(panel.worker[usable], minlength=len(panel.workers))
    if assigned:
        everywhere = np.zeros(len(panel.reports), dtype=np.intp)
        found = panel.strangers(everywhere, panel.unit) - panel.votes
        shares = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9)
        return shares, counts / len(panel.tasks)
    total = (mean_by_worker(panel, panel.shares, usable) * counts[:, None])[panel.worker]
    others = np.maximum(counts - 1, 1)
    return (total - panel.shares) / others[panel.worker][:, None], counts / others


def _unseen_error(panel: Panel, drawn: Floats, feedback: Floats, usable: Mask) -> Floats:
    """Return the part of the error that comes from tasks which a worker did not answer."""
    import numpy as np

    count = max(int(usable.sum()), 1)
    centred = panel.shares[usable] - panel.shares[usable].sum(axis=0) / count
    variance = ((drawn @ (centred.T @ centred)) * drawn).sum(axis=1) / count
    errors: Floats = np.sqrt(np.maximum(variance * (1 - feedback), 0) / len(panel.tasks))
    return errors
