"""What one piece of work has used: every attempt that may have been billed, however it ended.

The caller owns the meter and passes it along, so the money is known after an answer, after an
exception and after a cancellation alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.units import ZERO, Money
from workers.prices import Usage

if TYPE_CHECKING:
    from workers.prices import Tariff

NOTHING = Usage()


class Meter:
    """Adds up the attempts of one piece of work.

    An attempt is put down at its worst case when it starts and corrected when its end is known. One
    that never ends, as it was cancelled, stays at its worst case.

    Args:
        price: What tokens cost.
        paid: How many attempts may be billed; the worst case of each is reserved beforehand, so a
            call is not tried again once so many may have been.

    >>> from workers.prices import Price
    >>> meter = Meter(Price.per_million(1, 2))
    >>> attempt = meter.start(Usage(input=10, output=100, estimated=True))
    >>> meter.cost
    210000
    >>> meter.end(attempt, Usage(input=7, output=20))
    >>> meter.cost
    47000
    """

    def __init__(self, price: Tariff, paid: int = 2) -> None:
        self._price = price
        self._paid = paid
        self._attempts: list[Usage] = []

    def start(self, worst: Usage) -> int:
        """Put down an attempt at its worst case; returns its number."""
        self._attempts.append(worst)
        return len(self._attempts) - 1

    def end(self, attempt: int, usage: Usage) -> None:
        """Correct an attempt to what it has used."""
        self._attempts[attempt] = usage

    @property
    def attempts(self) -> int:
        """How many requests were made."""
        return len(self._attempts)

    def since(self, attempt: int) -> tuple[Usage, ...]:
        """Return the attempts from a number on."""
        return tuple(self._attempts[attempt:])

    @property
    def exhausted(self) -> bool:
        """Whether as many attempts may have been billed as were reserved."""
        return sum(usage != NOTHING for usage in self._attempts) >= self._paid

    @property
    def estimated(self) -> bool:
        """Whether any of it is our own estimate."""
        return any(usage.estimated for usage in self._attempts)

    @property
    def usage(self) -> Usage:
        """The tokens of all attempts together."""
        attempts = self._attempts
        return Usage(
            sum(usage.input for usage in attempts),
            sum(usage.output for usage in attempts),
            sum(usage.cached for usage in attempts),
            self.estimated,
        )

    @property
    def cost(self) -> Money:
        """What all attempts cost together."""
        return Money(sum((self._price.cost(usage) for usage in self._attempts), ZERO))
