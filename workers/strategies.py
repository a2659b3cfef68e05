"""How a worker reports what it knows: a pure map from the true cost and probability to a bid.

A strategy is its own description: ``strategy: truthful``, ``strategy: {shaded: 1.3}`` or
``strategy: {name: overconfident, shift: 1.5}``.
"""

from math import exp
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from protocols.units import LARGEST, Money, Probability, Units
from workers.spec import Shorthand, Spec


class Report(Protocol):
    """What every strategy can do."""

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the cost and the probability of success to state.

        Args:
            cost: The true cost.
            probability: The true probability of success.
            draw: A number in [0, 1) that belongs to this worker and lot.
        """
        ...


class Truthful(Spec):
    """States the cost and the probability as they are."""

    name: Literal["truthful"] = "truthful"

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the arguments.

        >>> Truthful().report(Money(10), 0.7, 0.5)
        (10, 0.7)
        """
        del draw
        return cost, probability


class Shaded(Spec):
    """States a multiple of the cost: above 1 asks for more, below 1 undercuts."""

    name: Literal["shaded"] = "shaded"
    factor: Annotated[
        float, Field(ge=0, le=1e6, description="By what the true cost is multiplied.")
    ] = 1.25

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the shaded cost and the true probability.

        >>> Shaded(factor=1.5).report(Money(10), 0.7, 0.5)
        (15, 0.7)
        """
        del draw
        return Money(min(round(cost * self.factor), LARGEST)), probability


class Overconfident(Spec):
    """Raises the log-odds of the probability by a shift."""

    name: Literal["overconfident"] = "overconfident"
    shift: Annotated[float, Field(ge=0, le=50, description="Added to the log-odds.")] = 1.0

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the true cost and the raised probability.

        >>> Overconfident(shift=1.0).report(Money(10), 0.5, 0.5)[1] > 0.73
        True
        """
        del draw
        return cost, shift_log_odds(probability, self.shift)


class Underconfident(Spec):
    """Lowers the log-odds of the probability by a shift."""

    name: Literal["underconfident"] = "underconfident"
    shift: Annotated[float, Field(ge=0, le=50, description="Taken off the log-odds.")] = 1.0

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the true cost and the lowered probability.

        >>> Underconfident(shift=1.0).report(Money(10), 0.5, 0.5)[1] < 0.27
        True
        """
        del draw
        return cost, shift_log_odds(probability, -self.shift)


class Constant(Spec):
    """States the same probability, and if given the same cost, whatever the lot."""

    name: Literal["constant"] = "constant"
    probability: Annotated[Probability, Field(description="The probability always stated.")]
    cost: Annotated[Units | None, Field(description="The cost always stated.")] = None

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the constants.

        >>> Constant(probability=1.0).report(Money(10), 0.4, 0.5)
        (10, 1.0)
        """
        del probability, draw
        return cost if self.cost is None else self.cost, self.probability


class Random(Spec):
    """States the true cost and a probability drawn between two limits."""

    name: Literal["random"] = "random"
    low: Annotated[Probability, Field(description="The lowest probability stated.")] = 0.0
    high: Annotated[Probability, Field(description="The highest probability stated.")] = 1.0

    def report(self, cost: Money, probability: float, draw: float) -> tuple[Money, float]:
        """Return the true cost and a point between the limits.

        >>> Random(low=0.2, high=0.6).report(Money(10), 0.9, 0.5)
        (10, 0.4)
        """
        del probability
        return cost, self.low + (self.high - self.low) * draw


STRATEGIES: Final[dict[str, type[Spec]]] = {
    "truthful": Truthful,
    "shaded": Shaded,
    "overconfident": Overconfident,
    "underconfident": Underconfident,
    "constant": Constant,
    "random": Random,
}
"""Configuration name -> strategy."""

Strategy = Annotated[
    Annotated[
        Truthful | Shaded | Overconfident | Underconfident | Constant | Random,
        Field(discriminator="name"),
    ],
    Shorthand(
        "name",
        {
            "truthful": None,
            "shaded": "factor",
            "overconfident": "shift",
            "underconfident": "shift",
            "constant": "probability",
            "random": None,
        },
    ),
]
"""A strategy as a configuration gives it: a word, or a word with its numbers."""


def shift_log_odds(probability: float, shift: float) -> float:
    """Return the probability whose log-odds are higher by ``shift``; 0 and 1 stay where they are.

    >>> shift_log_odds(0.5, 0.0)
    0.5
    """
    odds = probability * exp(shift)
    return odds / (1.0 - probability + odds)
