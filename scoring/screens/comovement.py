"""Co-movement of bids: workers that should not know of each other rise and fall together.

All honest bids rise with the size of a task. So each bid, in logarithms and less the worker's mean
at its kind of task, is taken relative to the bids of others on the same lot; and the two workers of
a pair are taken relative to *different* others, half of them for each. What is left of two honest
workers is then as often on the same side as on different ones, however much their noise differs from
worker to worker and from lot to lot: signs drawn at random give what chance alone would show (a
conditional independence test as in Bajari and Ye, "Deciding between competition and collusion", 2003,
section 4; the signs as in Wu, "Jackknife, bootstrap and other resampling methods", 1986).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]
    Mask = NDArray[np.bool_]

FEWEST_LOTS = 20
"""So many lots are needed to say something of a pair."""

FEWEST_OTHERS = 3
"""So many others must have bid on a lot: two halves, one of which has two."""

SHUFFLES = 1999
"""So many draws of signs; the least p-value is one more, inverted."""

CLEAR = 0.01
"""A pair with an adjusted p-value so low is a reference for nobody else."""

_STRONG = 3.0

_HIGHEST_POWER = 20.0
"""Of a worker over its references: only where they hardly move at all is it as high."""

_WEAK = 0.25
"""Who moves so much less than the others with what moves all is no reference for them."""

_ROUNDS = 50


class Comovement(NamedTuple):
    """How two workers' bids go together beyond what moves everybody's.

    Attributes:
        first: The column of the one.
        second: The column of the other.
        correlation: Of what is left; below 0 they take turns.
        error: Its standard error if there is nothing.
        p_value: How likely chance alone shows as much, of either sign.
        adjusted: The same for the strongest of all pairs that were looked at (Westfall and Young,
            1993): whoever calls out each pair with at most 5 % is wrong anywhere in 5 % of cases.
        lots: How many lots it rests on.
        strongest: The rows that contribute most.
    """

    first: int
    second: int
    correlation: float
    error: float
    p_value: float
    adjusted: float
    lots: int
    strongest: tuple[int, ...]


def comovements(
    bids: Floats,
    kinds: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    *,
    seed: int = 0,
    shuffles: int = SHUFFLES,
) -> list[Comovement]:
    """Test pairs of workers for bids that go together.

    It assumes that what moves all bids on a lot moves each by its own constant power, and that the
    rest of honest bids is independent between workers.

    Args:
        bids: One row per lot, one column per worker: the bid, above 0; not a number where there is
            none.
        kinds: The kind of each lot.
        pairs: Columns to compare; leave out pairs whose relation is declared.
        seed: Of the signs.
        shuffles: How often they are drawn.

    Returns:
        One entry for each pair with enough lots. Once a pair is clear (see `CLEAR`), the others are
        tested anew without it among their references, so that a ring makes nobody else look odd.

    Raises:
        ValueError: If the shapes do not fit.
    """
    import numpy as np

    strata = np.asarray(kinds, dtype=np.intp)
    if bids.ndim != 2 or len(bids) != len(strata):
        raise ValueError(f"{bids.shape} bids do not fit {len(strata)} kinds")
    logs = _centred(np.log(bids), strata)
    clear: list[Comovement] = []
    left, doubtful = list(pairs), frozenset[int]()
    while True:
        found = _tested(logs, strata, left, doubtful, np.random.default_rng(seed), shuffles)
        sure = [each for each in found if each.adjusted <= CLEAR]
        best = max(sure, key=lambda each: abs(each.correlation), default=None)
        if best is None:
            return [*clear, *found]
        clear.append(best)
        left.remove((best.first, best.second))
        doubtful |= {best.first, best.second}


def _tested(
    logs: Floats,
    strata: Integers,
    pairs: Sequence[tuple[int, int]],
    doubtful: frozenset[int],
    draw: np.random.Generator,
    shuffles: int,
) -> list[Comovement]:
    import numpy as np

    powers = _powers(logs)
    signs = draw.integers(0, 2, (shuffles, *logs.shape), dtype=np.int8) * 2 - 1
    found: list[tuple[int, int, Integers, Floats, float]] = []
    highest = np.zeros(shuffles)
    beaten: list[int] = []
    for first, second in pairs:
        rest = _relative(logs, powers, strata, first, second, doubtful)
        if rest is None:
            continue
        rows, mine, other = rest
        parts = mine * other
        turned = (signs[:, rows, first] * signs[:, rows, second]) @ parts
        scale = float(np.sqrt(len(rows)))
        by_chance = np.abs(turned) * scale
        observed = abs(float(parts.sum())) * scale
        beaten.append(int((by_chance >= observed).sum()))
        highest = np.maximum(highest, by_chance)
        found.append((first, second, rows, parts, observed))
    return [
        _told(*each[:4], count, int((highest >= each[4]).sum()), shuffles)
        for each, count in zip(found, beaten, strict=True)
    ]


def _told(
    first: int,
    second: int,
    rows: Integers,
    parts: Floats,
    beaten: int,
    beaten_by_any: int,
    shuffles: int,
) -> Comovement:
    import numpy as np

    observed = float(parts.sum())
    sign = 1.0 if observed >= 0 else -1.0
    strongest = rows[np.argsort(-sign * parts, kind="stable")[:5]]
    return Comovement(
        first,
        second,
        correlation=observed,
        error=float(1 / np.sqrt(len(rows))),
        p_value=(1 + beaten) / (1 + shuffles),
        adjusted=(1 + beaten_by_any) / (1 + shuffles),
        lots=len(rows),
        strongest=tuple(int(each) for each in strongest),
    )


def _relative(
    logs: Floats,
    powers: Floats,
    strata: Integers,
    first: int,
    second: int,
    doubtful: frozenset[int],
) -> tuple[Integers, Floats, Floats] | None:
    """Return the usable rows, and both workers relative to different others, of unit length."""
    import numpy as np

    known = np.isfinite(logs)
    others = known & (powers >= _WEAK)
    others[:, [first, second, *doubtful]] = False
    places = np.cumsum(others, axis=1)
    usable = known[:, first] & known[:, second] & (places[:, -1] >= FEWEST_OTHERS)
    rows = np.flatnonzero(usable)
    if len(rows) < FEWEST_LOTS:
        return None
    values, odd = logs[rows], places[rows] % 2 == 1
    evened = values / np.maximum(powers, _WEAK)
    mine = _mean(evened, others[rows] & odd)
    theirs = _mean(evened, others[rows] & ~odd)
    a = _centred(values[:, [first]] - _power(values[:, first], mine, theirs) * mine, strata[rows])
    b = _centred(
        values[:, [second]] - _power(values[:, second], theirs, mine) * theirs, strata[rows]
    )
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if min(lengths) < 1e-9:
        return None  # bids that never vary cannot go together
    return rows, a[:, 0] / lengths[0], b[:, 0] / lengths[1]


def _power(own: Floats, reference: Floats, instrument: Floats) -> float:
    """Return how strongly what moves the reference moves the worker, 1 if that cannot be told.

    The noise of the reference would make it seem weaker, so the other half of the others stands in
    for what is common (an instrumental variable).
    """
    import numpy as np

    common = reference[:, 0] - reference.mean()
    other = instrument[:, 0] - instrument.mean()
    shared = float(common @ other)
    size = float(np.linalg.norm(common) * np.linalg.norm(other))
    if size == 0.0 or shared / size * np.sqrt(len(own)) < _STRONG:
        return 1.0
    return float(np.clip(((own - own.mean()) @ other) / shared, 0.0, _HIGHEST_POWER))


def _powers(logs: Floats) -> Floats:
    """Return how strongly what moves everybody moves each column; ones if nothing does.

    What two columns have in common is the product of their powers, so these are the factor of the
    covariances beside the diagonal.
    """
    import numpy as np

    known = np.isfinite(logs)
    filled = np.where(known, logs, 0.0)
    both = np.maximum(known.astype(float).T @ known, 1.0)
    shared = filled.T @ filled / both
    scale = np.sqrt(np.maximum(np.diag(shared), 1e-12))
    np.fill_diagonal(shared, 0.0)
    apart = ~np.eye(len(scale), dtype=bool)
    together = (shared / np.outer(scale, scale))[apart].mean()
    powers = np.ones(len(scale))
    if together * np.sqrt(len(logs)) < _STRONG:
        return powers
    for _ in range(_ROUNDS):
        products = shared @ powers / np.maximum(powers @ powers - powers**2, 1e-12)
        powers = (powers + np.maximum(products, 0.0)) / 2 if products.any() else powers
    return powers / max(float(powers.mean()), 1e-12)


def _mean(values: Floats, mask: Mask) -> Floats:
    import numpy as np

    sums = np.where(mask, values, 0.0).sum(axis=1)
    means: Floats = (sums / mask.sum(axis=1))[:, None]
    return means


def _centred(values: Floats, strata: Integers) -> Floats:
    """Return the values less the mean of their column within each kind."""
    import numpy as np

    centred = values.copy()
    for kind in np.unique(strata):
        rows = strata == kind
        block = centred[rows]
        known = np.isfinite(block)
        count = np.maximum(known.sum(axis=0), 1)
        centred[rows] = block - np.where(known, block, 0.0).sum(axis=0) / count
    return centred
