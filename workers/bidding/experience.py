"""The chance of success at a kind of task, from the outcomes of a worker and of its colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from scoring.beta_distribution import quantile
from scoring.log_odds import logit, sigmoid

if TYPE_CHECKING:
    from workers.bidding.tally import Tallies, Tally

WEIGHT: Final = 8.0
"""How many outcomes an expectation counts for at the next narrower level.

On five sets of recorded answers (11, 29, 5, 48 and 34 models) 8 forecasts best or nearly so.
"""

_FIRM: Final = 2.0 * WEIGHT
_EVEN: Final = 0.5
_LEVEL: Final = 0.1


class Chance(NamedTuple):
    """What is believed of the probability of success.

    Attributes:
        mean: The expectation.
        low: The value that it exceeds with probability 0.9.
        high: The value below which it is with probability 0.9.
    """

    mean: float
    low: float
    high: float


def expected(own: Tallies, everybody: Tallies, kind: str) -> float:
    """Return the chance that a worker should be given at a kind where it has done nothing yet.

    It is the chance of its colleagues there, moved by how much better or worse than they it does
    elsewhere, on the log-odds: a worker effect and a task effect that add up, as in the model of
    Rasch (1960). Each of the means is shrunk towards the wider one before it.

    Args:
        own: The worker's outcomes.
        everybody: The outcomes of all who learn together, its own included.
        kind: The kind of task.
    """
    there = everybody.at(kind).without(own.at(kind))
    all_of_others = everybody.total.without(own.total)
    widest = all_of_others.mean(_EVEN, 2.0)
    of_others = there.mean(widest, WEIGHT)
    elsewhere = all_of_others.without(there).mean(widest, WEIGHT)
    own_elsewhere = own.elsewhere(kind).mean(elsewhere, _FIRM)
    return sigmoid(logit(of_others) + logit(own_elsewhere) - logit(elsewhere))


def chance(own: Tally, prior: float) -> Chance:
    """Return what is believed after some outcomes at the kind itself: a Beta posterior.

    Args:
        own: The worker's outcomes at the kind.
        prior: What was expected before; it counts for `WEIGHT` outcomes.

    >>> from workers.bidding.tally import Tally
    >>> [round(each, 2) for each in chance(Tally(12.0, 12.0), prior=0.5)]
    [0.8, 0.68, 0.9]
    """
    won = own.amount + WEIGHT * prior
    lost = own.count - own.amount + WEIGHT * (1.0 - prior)
    mean = own.mean(prior, WEIGHT)
    return Chance(mean, quantile(_LEVEL, won, lost), quantile(1.0 - _LEVEL, won, lost))
