"""Numbers counted by kind of task, with means that are shrunk towards what was expected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """A sum, and of how many numbers: successes in outcomes, or ratios of cost to estimate.

    >>> Tally(3.0, 4.0).mean(prior=0.5, weight=4.0)
    0.625
    """

    amount: float = 0.0
    count: float = 0.0

    def add(self, number: float) -> None:
        """Count one number."""
        self.amount += number
        self.count += 1.0

    def without(self, part: Tally) -> Tally:
        """Return what is left when a part of these numbers is taken out."""
        return Tally(self.amount - part.amount, self.count - part.count)

    def mean(self, prior: float, weight: float) -> float:
        """Return the mean after ``weight`` numbers of size ``prior`` are added; it is above 0."""
        return (self.amount + weight * prior) / (self.count + weight)


class Tallies:
    """Numbers by kind of task, and all together."""

    def __init__(self) -> None:
        self.total = Tally()
        self._kinds: dict[str, Tally] = {}

    def at(self, kind: str) -> Tally:
        """Return the numbers at a kind; not to be changed."""
        return self._kinds.get(kind) or Tally()

    def elsewhere(self, kind: str) -> Tally:
        """Return the numbers at all other kinds together."""
        return self.total.without(self.at(kind))

    def add(self, kind: str, number: float) -> None:
        """Count one number at a kind."""
        self.total.add(number)
        self._kinds.setdefault(kind, Tally()).add(number)

    def mean(self, kind: str, prior: float, weight: float) -> float:
        """Return the mean at a kind, shrunk to that of all others, and that to ``prior``."""
        return self.at(kind).mean(self.elsewhere(kind).mean(prior, weight), weight)
