"""Which labels go together, learned for each worker from the reports of third parties."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scoring.panel import sums_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Codes, Floats, Panel

FEWEST_PAIRS_PER_CELL = 10
"""The fewest pairs of third-party reports, per cell of the score matrix, that it is learned from."""

_ROUNDING = 1e-12


def learn(
    panel: Panel, groups: Codes, group: Codes, gold: Mapping[str, str] | None
) -> tuple[Floats, list[str | None]]:
    """Learn for each group which labels go together, from third parties alone.

    Args:
        panel: The reports.
        groups: The different pairs (owner, family), shape (2, groups).
        group: The place of each report among them.
        gold: Known answers by task, or None.

    Returns:
        Matrices of ones and zeros, shape (groups, classes, classes), with 1 where third parties
        give two labels to one task more often than to distinct tasks; and for each group why its
        matrix cannot be trusted, or None.
    """
    import numpy as np

    joint = third_party_joint(panel, groups, group)
    pairs = joint.sum(axis=(1, 2))
    share = joint / np.maximum(pairs, 1.0)[:, None, None]
    independent = share.sum(axis=2)[:, :, None] * share.sum(axis=1)[:, None, :]
    enough = FEWEST_PAIRS_PER_CELL * len(panel.classes) ** 2
    reasons: list[str | None] = [
        None if n >= enough else f"only {n:.0f} pairs of third-party reports, expected {enough}"
        for n in pairs
    ]
    if gold is not None:
        swapped = swapped_labels(panel, gold, groups)
        reasons = [first or second for first, second in zip(reasons, swapped, strict=True)]
    return (share > independent + _ROUNDING).astype(float), reasons


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


def swapped_labels(panel: Panel, gold: Mapping[str, str], groups: Codes) -> list[str | None]:
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
