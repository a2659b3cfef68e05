"""What a paid bid is worth: nothing, where it cannot change who gets the task (Howard 1966)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Outlook(NamedTuple):
    """What a worker promises to make of a lot, by its record; in nano-units, at 0 or above.

    Attributes:
        low: The least that has to be reckoned with.
        high: The most, at least ``low``.
    """

    low: float
    high: float


NOBODY = Outlook(0.0, 0.0)
"""A rival where there is none."""


class Prospect(NamedTuple):
    """A lot as a worker sees it before it has asked its model; money in nano-units.

    Attributes:
        value: What a success is worth.
        cost: What the work is expected to cost.
        later: What it still costs once the model was asked: as much, or nothing if the asking has
            bought the answer. At most ``cost``.
        low: The least chance of success that has to be reckoned with, in [0, 1].
        high: The greatest, at least ``low``.
        rival: What the best other worker may make of the lot.
    """

    value: float
    cost: float
    later: float
    low: float
    high: float
    rival: Outlook = NOBODY


def value_of_asking(prospect: Prospect) -> float:
    """Return the most that asking can add to what the lot brings, in nano-units; at least 0.

    Without asking, the lot goes to whoever promises more and brings ``max(V m - c, w)``: V its
    value, m the chance of success, c the cost, w what a rival makes of it. No answer of a model can
    tell more than whether the work will succeed; then the lot brings ``m max(V - a, w) + (1 - m) w``,
    with a the cost after asking. The difference is the expected value of perfect information, and
    of the chances and rivals that have to be reckoned with the ones are taken where it is largest.
    So a call that costs at least this much cannot pay, whatever the model would say; the bound is
    not tight, for no model knows itself that well.

    It is 0 where no chance makes the work worth its cost, or the rival is always better, and small
    where the worker gets the lot whatever it says.

    Source: Howard, "Information value theory", 1966.

    >>> alone = Prospect(value=100, cost=5, later=5, low=0.6, high=0.9)
    >>> round(value_of_asking(alone), 9)  # all that an answer can save is the cost of a failure
    2.0
    >>> round(value_of_asking(alone._replace(rival=Outlook(0, 100))), 9)
    24.0
    """
    if prospect.value <= 0:
        return 0.0
    chance, rival = _most_open(prospect)
    uninformed = max(prospect.value * chance - prospect.cost - rival, 0.0)
    informed = chance * max(prospect.value - prospect.later - rival, 0.0)
    return max(0.0, informed - uninformed)


def _most_open(prospect: Prospect) -> tuple[float, float]:
    """Return the chance and the rival at which the decision is most open.

    Information is worth most where both hands are worth the same, ``V m - c = w``. On that line it
    is ``m (V (1 - m) + c - a)``, a parabola; where the line passes by, the nearest corner is best.
    """
    value, cost, later, low, high, rival = prospect
    first, last = max(low, (rival.low + cost) / value), min(high, (rival.high + cost) / value)
    if first <= last:
        peak = (value + cost - later) / (2.0 * value)
        chance = min(max(peak, first), last)
        return chance, value * chance - cost
    if value * low - cost > rival.high:
        return low, rival.high
    return high, rival.low


def best(rivals: Iterable[Outlook]) -> Outlook:
    """Return what the best of several workers may make of a lot.

    >>> best([Outlook(1, 9), Outlook(4, 5)])
    Outlook(low=4, high=9)
    """
    known = [NOBODY, *rivals]
    return Outlook(max(each.low for each in known), max(each.high for each in known))
