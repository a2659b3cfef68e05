"""A worker's own record, as its model gets to read it before it says how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workers.bidding.tally import Tally

if TYPE_CHECKING:
    from protocols.contract import Contract

BANDS: Final = 5
"""Into how many bands of equal width stated probabilities are sorted."""


class Band(NamedTuple):
    """What became of the statements in one band.

    Attributes:
        low: Its lower end, in per cent.
        high: Its upper end.
        stated: How often a number in it was stated.
        accepted: How much of that was accepted; grades count as parts.
    """

    low: int
    high: int
    stated: int
    accepted: float


class Card(NamedTuple):
    """What a prompt may say of a worker's past.

    Attributes:
        done: How many of its answers to tasks of the kind were judged.
        accepted: How many of these were accepted.
        bands: What became of its statements, empty bands left out.
        pay: The words for how it is paid, see `terms_of`; empty until it had a contract.
    """

    done: int = 0
    accepted: float = 0.0
    bands: tuple[Band, ...] = ()
    pay: tuple[str, ...] = ()


class Statements:
    """Stated probabilities and what became of them, in bands.

    >>> said = Statements()
    >>> said.add(0.95, outcome=0.0)
    >>> said.bands()
    (Band(low=80, high=100, stated=1, accepted=0.0),)
    """

    def __init__(self) -> None:
        self._bands = [Tally() for _ in range(BANDS)]

    def add(self, stated: float, outcome: float) -> None:
        """Sort one statement in."""
        self._bands[min(int(stated * BANDS), BANDS - 1)].add(outcome)

    def bands(self) -> tuple[Band, ...]:
        """Return the bands that hold a statement."""
        width = 100 // BANDS
        return tuple(
            Band(width * place, width * (place + 1), int(band.count), band.amount)
            for place, band in enumerate(self._bands)
            if band.count
        )


def terms_of(contract: Contract) -> tuple[str, ...]:
    """Return the words for how a contract pays.

    They are ``success`` if its pay depends on that and ``scored`` if a stake depends on the number
    that the worker has reported, with the name of the scoring rule.

    >>> from protocols.contract import Contract, Money
    >>> terms_of(Contract(per_success=Money(5), score_weight=Money(1), report=0.5))
    ('success', 'scored', 'quadratic')
    """
    success = ("success",) if contract.per_success else ()
    return (*success, "scored", contract.rule) if contract.score_weight else success
