"""Multi-task peer prediction: agree more on the same task than across tasks.

A payment is a bonus on a shared task minus a penalty on two distinct tasks. Whoever reports without
looking at the task expects exactly 0. Payments are averaged over all peers and over all pairs of
distinct tasks, which has the mean of one random draw and far less noise.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scoring.evidence import (
    FEWEST_TASKS,
    comparisons,
    mean_by_worker,
    objections,
    results,
    spread_by_worker,
)
from scoring.panel import sums_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Codes, Floats, Panel
    from scoring.peer import PeerResult

FEWEST_PAIRS_PER_CELL = 10
"""The fewest pairs of third-party reports, per cell of the score matrix, that it is learned from."""


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


def dasgupta_ghosh(panel: Panel, *, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score workers by how much more they agree on the same task than on distinct tasks; in [-1, 1].

    For two classes, tasks drawn alike and strategies that are the same on every task, truth pays
    the most of all equilibria, and every report that ignores its task expects 0. For more classes
    see `correlated_agreement`. Source: Dasgupta, Ghosh (2013), section 3.

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    size = len(panel.classes)
    matrices = np.broadcast_to(np.eye(size), (len(panel.workers), size, size))
    return linear_scores(panel, matrices, objections(panel, panel.peers > 0, fewest))


def correlated_agreement(
    panel: Panel, *, gold: Mapping[str, str] | None = None, fewest: int = FEWEST_TASKS
) -> tuple[PeerResult, ...]:
    """Score workers by agreement between labels that go together; in [-1, 1].

    Which labels go together is learned for each worker from the reports of third parties alone, all
    pairs that involve neither its owner nor its family, so no report changes its own score matrix.
    The expected score of truth is the total-variation mutual information with a peer; no strategy
    that is the same on every task expects more, and uninformed ones expect 0 (if peers are truthful
    and the matrix is learned right). Everybody swapping two labels pays the same as truth; answers
    that are known for some tasks reveal that and are then required to win.
    Source: Shnayder, Agarwal, Frongillo, Parkes (2016), sections 3 and 5.

    Args:
        panel: The reports.
        gold: Known answers by task; they fix the orientation of the labels.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    groups, group = np.unique(np.stack([panel.owner, panel.family]), axis=1, return_inverse=True)
    of_worker = np.zeros(len(panel.workers), dtype=np.intp)
    of_worker[panel.worker] = group
    joint = third_party_joint(panel, groups, group)
    pairs = joint.sum(axis=(1, 2))
    share = joint / np.maximum(pairs, 1.0)[:, None, None]
    independent = share.sum(axis=2)[:, :, None] * share.sum(axis=1)[:, None, :]
    matrices = (share > independent + 1e-12).astype(float)
    enough = FEWEST_PAIRS_PER_CELL * len(panel.classes) ** 2
    reasons: list[str | None] = [
        None if n >= enough else f"only {n:.0f} pairs of third-party reports, expected {enough}"
        for n in pairs
    ]
    if gold is not None:
        swapped = _orientation(panel, gold, groups, group)
        reasons = [first or second for first, second in zip(reasons, swapped, strict=True)]
    found = objections(panel, panel.peers > 0, fewest)
    merged = [own or reasons[int(code)] for own, code in zip(found, of_worker, strict=True)]
    return linear_scores(panel, matrices[of_worker], merged)


def linear_scores(
    panel: Panel, matrices: Floats, reasons: Sequence[str | None]
) -> tuple[PeerResult, ...]:
    """Return `pay` averaged over peers and over pairs of distinct tasks, with standard errors.

    Args:
        panel: The reports.
        matrices: A score matrix for each worker, shape (workers, classes, classes).
        reasons: Why a worker is not scored, or None.
    """
    import numpy as np

    usable = panel.peers > 0
    rows = matrices[panel.worker, panel.label]
    given = np.eye(len(panel.classes))[panel.label]
    own = mean_by_worker(panel, given, usable)
    others = mean_by_worker(panel, panel.shares, usable)
    bonus = (rows * panel.shares).sum(axis=1)
    crossed = (rows * others[panel.worker]).sum(axis=1)
    drawn = np.einsum("wa,wab->wb", own, matrices)
    reverse = (drawn[panel.worker] * panel.shares).sum(axis=1)
    counts = np.bincount(panel.worker[usable], minlength=len(panel.workers))
    factor = counts / np.maximum(counts - 1, 1)
    means = mean_by_worker(panel, (bonus - crossed)[:, None], usable)[:, 0]
    errors = spread_by_worker(panel, bonus - crossed - reverse, usable)
    return results(panel, factor * means, factor * errors, comparisons(panel, usable), reasons)


def third_party_joint(panel: Panel, groups: Codes, group: Codes) -> Floats:
    """Count pairs of reports on one task that involve neither a group's owner nor its family.

    Args:
        panel: The reports.
        groups: The different pairs (owner, family), shape (2, groups).
        group: The place of each report among them.

    Returns:
        Symmetric weighted counts of shape (groups, classes, classes).
    """
    import numpy as np

    size = len(panel.classes)
    paid = panel.votes * panel.unit[:, None]

    def pairs(key: Codes, length: int) -> Floats:
        cells = key * size + panel.label
        sums = [sums_by(cells, column, length * size) for column in paid.T]
        return np.stack(sums, axis=-1).reshape(length, size, size)

    owners, families = groups
    involved = (
        pairs(panel.owner, int(owners.max()) + 1)[owners]
        + pairs(panel.family, int(families.max()) + 1)[families]
        - pairs(group, groups.shape[1])
    )
    everything = pairs(np.zeros_like(group), 1)
    twice = np.stack([_inner_pairs(panel, owner, family) for owner, family in groups.T])
    joint = everything - involved - involved.transpose(0, 2, 1) + twice
    counted: Floats = np.maximum(np.round(joint, 9), 0.0)
    return counted


def _inner_pairs(panel: Panel, owner: int, family: int) -> Floats:
    """Count the pairs with one side of the owner only and the other of the family only."""
    import numpy as np

    size = len(panel.classes)
    mine, kin = panel.owner == owner, panel.family == family
    if not (mine & ~kin).any() or not (kin & ~mine).any():
        return np.zeros((size, size))

    def table(mask: NDArray[np.bool_]) -> Floats:
        cells = panel.task[mask] * size + panel.label[mask]
        length = len(panel.tasks) * size
        return sums_by(cells, panel.unit[mask], length).reshape(-1, size)

    one_way: Floats = table(mine & ~kin).T @ table(kin & ~mine)
    return one_way + one_way.T


def _orientation(
    panel: Panel, gold: Mapping[str, str], groups: Codes, group: Codes
) -> list[str | None]:
    """Return for each group why its third parties cannot be trusted to mean the labels as named."""
    import numpy as np

    column = {name: code for code, name in enumerate(panel.classes)}
    codes = [column.get(gold.get(task, ""), -1) for task in panel.tasks]
    truth = np.array(codes, dtype=np.intp)[panel.task]
    known = truth >= 0
    size = len(panel.classes)
    found: list[str | None] = []
    for owner, family in groups.T:
        third = known & (panel.owner != owner) & (panel.family != family)
        cells = np.bincount(panel.label[third] * size + truth[third], minlength=size * size)
        found.append(_swapped(cells.reshape(size, size), panel.classes))
    return found


def _swapped(table: Codes, classes: Sequence[str]) -> str | None:
    import numpy as np

    answers = table.sum(axis=0)
    seen = np.flatnonzero(answers)
    if len(seen) < 2:
        return "third parties met fewer than two different known answers"
    rates = table / np.maximum(answers, 1)
    for one, other in combinations(seen.tolist(), 2):
        if rates[one, one] + rates[other, other] < rates[one, other] + rates[other, one]:
            return f"third parties swap {classes[one]!r} and {classes[other]!r} on known answers"
    return None
