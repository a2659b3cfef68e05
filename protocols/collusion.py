"""What pairs of workers could gain by lying together: a figure, since hardly any rule prevents it.

Two figures for a pair. With side payments the pair shares what it gains, so the sum counts. Without
them each must gain by itself, so the smaller gain counts. A mechanism without the second kind is
proof against groups that cannot pay each other (group strategy-proofness in the weak sense).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from protocols.messages import Bid
from protocols.properties import Setting, expected_surplus, expected_utility, misreports


@dataclass(frozen=True, slots=True)
class PairGain:
    """The most that a pair of workers gains over honesty by a joint lie on a grid.

    Attributes:
        together: The largest sum of the two gains, in nano-units; at least 0.
        each: The largest that both gain at least; at least 0.
        loss: What the coordinator expects to lose by the lie with the largest sum; negative where
            it profits.
    """

    together: Fraction = Fraction(0)
    each: Fraction = Fraction(0)
    loss: Fraction = Fraction(0)


def pair_gain(
    setting: Setting,
    truth: Sequence[Bid],
    pair: tuple[str, str],
    costs: Sequence[int],
    probabilities: Sequence[float],
) -> PairGain:
    """Try every joint misreport of two workers, and staying away, against honest others.

    Args:
        setting: The mechanism and its circumstances.
        truth: Everybody's honest bids.
        pair: The two workers.
        costs: The costs to try for each of their bids, in nano-units.
        probabilities: The probabilities to try.

    Returns:
        Exact expectations: every outcome is enumerated.
    """
    others = [bid for bid in truth if bid.worker not in pair]
    honest = [expected_utility(setting, truth, truth, {worker}) for worker in pair]
    surplus = expected_surplus(setting, truth, truth)
    lies = (
        [*misreports([bid for bid in truth if bid.worker == worker], costs, probabilities)]
        for worker in pair
    )
    together = each = loss = Fraction(0)
    for first, second in product(*lies):
        bids = [*others, *first, *second]
        gains = [
            expected_utility(setting, bids, truth, {worker}) - before
            for worker, before in zip(pair, honest, strict=True)
        ]
        each = max(each, min(gains))
        if sum(gains) > together:
            together = sum(gains, Fraction(0))
            loss = surplus - expected_surplus(setting, bids, truth)
    return PairGain(together, each, loss)


def pair_gains(
    setting: Setting, truth: Sequence[Bid], costs: Sequence[int], probabilities: Sequence[float]
) -> list[PairGain]:
    """Return the gains of every pair of workers of one auction; see ``pair_gain``."""
    workers = sorted({bid.worker for bid in truth})
    return [
        pair_gain(setting, truth, (first, second), costs, probabilities)
        for first, second in combinations(workers, 2)
    ]
