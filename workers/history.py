"""What a worker knows of its own past: how often it succeeded and what that cost, per kind."""

from protocols.messages import Failure, Outcome, Result
from protocols.units import Money


class History:
    """Counts of own outcomes per kind of task, smoothed by a prior.

    The estimated probability of success is the mean of a Beta posterior,
    ``(weight * prior + successes) / (weight + outcomes)`` (Jøsang and Ismail 2002, section 2).
    It starts empty and hears only of work that was awarded, as bandit feedback does.

    Args:
        prior: The probability of success expected before anything is known.
        weight: How many outcomes the priors count for; above 0.

    >>> History(prior=0.5, weight=2.0).probability("sums")
    0.5
    """

    def __init__(self, prior: float = 0.5, weight: float = 2.0) -> None:
        self._successes: dict[str, float] = {}
        self._outcomes: dict[str, float] = {}
        self._costs: dict[str, int] = {}
        self._works: dict[str, int] = {}
        self._start = prior * weight
        self._weight = weight

    def probability(self, kind: str) -> float:
        """Return the estimated probability of success."""
        outcomes = self._outcomes.get(kind, 0.0)
        return (self._start + self._successes.get(kind, 0.0)) / (self._weight + outcomes)

    def cost(self, kind: str, start: Money) -> Money:
        """Return the mean metered cost, with ``start`` counted for the weight of the prior."""
        works = self._works.get(kind, 0)
        if not works:
            return start
        total = self._costs[kind] + start * self._weight
        return Money(round(total / (works + self._weight)))

    def note(self, kind: str, result: Result | Failure, outcome: Outcome | None) -> None:
        """Count one piece of own work.

        A failure counts as no success. A result that nobody could judge counts only its cost.
        """
        self._costs[kind] = self._costs.get(kind, 0) + result.cost
        self._works[kind] = self._works.get(kind, 0) + 1
        if outcome is None and isinstance(result, Result):
            return
        success = 0.0 if outcome is None else outcome.success
        self._successes[kind] = self._successes.get(kind, 0.0) + success
        self._outcomes[kind] = self._outcomes.get(kind, 0.0) + 1.0
