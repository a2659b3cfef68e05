"""Rules that choose one bid of each task, as shares of the tasks that each worker gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.evaluation.outcomes import Outcomes

    Floats = NDArray[np.float64]


class Field(NamedTuple):
    """What there is to choose from: arrays by task, or by task and worker; money in nano-units.

    Attributes:
        values: By task, what a success is worth.
        bids: 1 where the worker bid and its outcome is known, else 0.
        bid_costs: What the bids ask for.
        reports: The reported probabilities.
        successes: The verified success that each bid would have brought.
        costs: What its work would have cost.
        awarded: By task, 1 where the market had an award carried out.
        first: By task, success and cost of the market's first award.
        run: By task, success of its last award and cost of all.
    """

    values: Floats
    bids: Floats
    bid_costs: Floats
    reports: Floats
    successes: Floats
    costs: Floats
    awarded: Floats
    first: Floats
    run: Floats

    @property
    def utilities(self) -> Floats:
        """What each bid would have brought, ``V x - c``."""
        return self.values[:, None] * self.successes - self.costs


def _highest(field: Field, merits: Floats, *, least: float | None = None) -> Floats:
    """Share each task among the bids of the highest merit, if that is above the least."""
    import numpy as np

    merits = np.where(field.bids > 0, merits, -np.inf)
    best = merits.max(axis=1, keepdims=True)
    chosen = (merits == best) & np.isfinite(best)
    if least is not None:
        chosen &= best > least
    return _shared(chosen.astype(np.float64))


def _shared(chosen: Floats) -> Floats:
    total = chosen.sum(axis=1, keepdims=True)
    shares: Floats = chosen / total.clip(1.0)
    return shares


def _expected_gain(field: Field) -> Floats:
    return field.values[:, None] * field.reports - field.bid_costs


RULES: Final[Mapping[str, tuple[str, Callable[[Field], Floats]]]] = {
    "cheapest": ("cheapest bid", lambda field: _highest(field, -field.bid_costs)),
    "random": ("random bid (expected)", lambda field: _shared(field.bids)),
    "confidence": ("highest stated confidence", lambda field: _highest(field, field.reports)),
    "expected-gain": (
        "highest value x chance - cost, as stated",
        lambda field: _highest(field, _expected_gain(field), least=0.0),
    ),
    "oracle": (
        "oracle: knows the outcomes",
        lambda field: _highest(field, field.utilities, least=0.0),
    ),
}
"""Word -> name for people, and the share of each task that each worker gets."""


def always(column: int, field: Field) -> Floats:
    """Give every task that a worker bid on to that worker."""
    import numpy as np

    return field.bids * np.eye(field.bids.shape[1])[[column]]


def decided_field(outcomes: Outcomes) -> Field:
    """Return the tasks that can be compared, from known outcomes of at least one worker."""
    import numpy as np

    width = len(outcomes.workers)

    def by_worker(flat: object) -> Floats:
        return np.array(flat, dtype=np.float64).reshape(-1, width)

    successes = by_worker(outcomes.successes)
    known = ~np.isnan(successes)
    decided = np.frombuffer(outcomes.decided, dtype=np.bool_) & known.any(axis=1)
    first = np.array(outcomes.first).reshape(-1, 2)[decided]
    return Field(
        values=np.array(outcomes.values, dtype=np.float64)[decided],
        bids=known[decided].astype(np.float64),
        bid_costs=by_worker(outcomes.bid_costs)[decided],
        reports=by_worker(outcomes.reports)[decided],
        successes=np.nan_to_num(successes)[decided],
        costs=by_worker(outcomes.costs)[decided],
        awarded=(~np.isnan(first[:, 0])).astype(np.float64),
        first=np.nan_to_num(first),
        run=np.array(outcomes.run).reshape(-1, 2)[decided],
    )
