"""What one piece of work has used: every attempt that may have been billed, however it ended.

The caller owns the meter and passes it along, so the money is known after an answer, after an
exception and after a cancellation alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.units import ZERO, Money
from workers.errors import ReserveSpentError
from workers.prices import Usage

if TYPE_CHECKING:
    from workers.prices import Tariff

NOTHING = Usage()


class Meter:
    """Adds up the attempts of one piece of work, within what was reserved for it.

    An attempt is put down at its worst case when it starts and corrected when its end is known. One
    that never ends, as it was cancelled, stays at its worst case. No attempt starts whose worst case
    would not fit into the reserve any more, so the bill of the work never exceeds it unless the
    endpoint bills more than the worst case.

    Args:
        price: What tokens cost.
        reserve: The most that all attempts may cost; ``None`` is no limit.

    >>> from workers.prices import Price
    >>> meter = Meter(Price.per_million(1, 2), reserve=Money(300_000))
    >>> attempt = meter.start(Usage(input=10, output=100, estimated=True))
    >>> meter.cost
    210000
    >>> meter.end(attempt, Usage(input=7, output=20))
    >>> meter.cost
    47000
    """

    def __init__(self, price: Tariff, reserve: Money | None = None) -> None:
        self._price = price
        self._reserve = reserve
        self._attempts: list[Usage] = []

    def affords(self, worst: Usage) -> bool:
        """Return whether one more attempt fits into the reserve, at its worst case."""
        return self._reserve is None or self.cost + self._price.cost(worst) <= self._reserve

    def start(self, worst: Usage) -> int:
        """Put down an attempt at its worst case; returns its number.

        Raises:
            ReserveSpentError: If it does not fit into the reserve.
        """
        if not self.affords(worst):
            raise ReserveSpentError(
                f"one more model call may cost {self._price.cost(worst)} nano-units, and of the"
                f" {self._reserve} reserved {self.cost} are spent"
            )
        self._attempts.append(worst)
        return len(self._attempts) - 1

    def end(self, attempt: int, usage: Usage) -> None:
        """Correct an attempt to what it has used."""
        self._attempts[attempt] = usage

    @property
    def attempts(self) -> int:
        """How many requests were made."""
        return len(self._attempts)

    def branch(self) -> Branch:
        """Return a meter of the same work that also tells the attempts of one call apart."""
        return Branch(self._price, self._reserve, self._attempts)

    @property
    def estimated(self) -> bool:
        """Whether any of it is our own estimate."""
        return any(usage.estimated for usage in self._attempts)

    @property
    def cost(self) -> Money:
        """What all attempts cost together."""
        return Money(sum((self._price.cost(usage) for usage in self._attempts), ZERO))


class Branch(Meter):
    """The part of one call in a meter that several calls at the same time share.

    Everything goes to the shared meter; the attempts of this call are known apart.

    Args:
        price: What tokens cost.
        reserve: The most that all attempts of the shared meter may cost.
        attempts: Those of the shared meter.

    >>> from workers.prices import Price
    >>> trunk = Meter(Price.per_million(1, 2))
    >>> branch, other = trunk.branch(), trunk.start(Usage(5, 5))
    >>> branch.end(branch.start(Usage(input=10, output=100)), Usage(input=7, output=20))
    >>> branch.own
    (Usage(input=7, output=20, cached=0, estimated=False),)
    >>> branch.cost == trunk.cost, branch.attempts
    (True, 2)
    """

    def __init__(self, price: Tariff, reserve: Money | None, attempts: list[Usage]) -> None:
        super().__init__(price, reserve)
        self._attempts = attempts
        self._numbers: list[int] = []

    def start(self, worst: Usage) -> int:
        """Put down an attempt of this call; returns its number in the shared meter."""
        number = super().start(worst)
        self._numbers.append(number)
        return number

    @property
    def own(self) -> tuple[Usage, ...]:
        """The attempts of this call."""
        return tuple(self._attempts[number] for number in self._numbers)
