"""The meter of a piece of work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.units import Money
from workers.errors import ReserveSpentError
from workers.meter import NOTHING, Meter
from workers.prices import FREE, Price, Usage

PRICE = Price.per_million(1, 2)
TOKENS = st.integers(0, 10**5)
WORST = Usage(100, 50, estimated=True)


def test_an_attempt_that_never_ends_stays_at_its_worst_case() -> None:
    """What was started and not corrected is booked in full."""
    meter = Meter(PRICE)
    meter.start(WORST)
    assert (meter.cost, meter.attempts) == (PRICE.cost(WORST), 1)


def test_attempts_are_corrected_one_by_one() -> None:
    """Attempts of calls at the same time keep their own places."""
    meter = Meter(PRICE)
    first, second = meter.start(WORST), meter.start(WORST)
    meter.end(first, NOTHING)
    meter.end(second, Usage(10, 5, cached=3))
    assert meter.cost == PRICE.cost(Usage(10, 5))
    assert not meter.estimated


def test_attempts_that_cost_nothing_leave_the_reserve() -> None:
    """Refused requests do not use up what is reserved for two attempts."""
    meter = Meter(PRICE, reserve=Money(2 * PRICE.cost(WORST)))
    for usage in (NOTHING, WORST, NOTHING):
        meter.end(meter.start(WORST), usage)
    assert meter.affords(WORST)
    meter.start(WORST)
    assert not meter.affords(WORST)
    with pytest.raises(ReserveSpentError):
        meter.start(WORST)


@given(st.integers(0, 10**6), st.lists(st.tuples(TOKENS, TOKENS, st.floats(0, 1))))
def test_the_reserve_is_never_exceeded(
    reserve: int, attempts: list[tuple[int, int, float]]
) -> None:
    """Whatever is tried, and whatever part of its worst case it uses, the bill stays within."""
    meter = Meter(PRICE, Money(reserve))
    for spent, made, part in attempts:
        worst = Usage(spent, made)
        if meter.affords(worst):
            meter.end(meter.start(worst), Usage(int(spent * part), int(made * part)))
        assert meter.cost <= reserve


def test_what_is_free_needs_no_reserve() -> None:
    """A model that costs nothing may be tried as often as it takes."""
    meter = Meter(FREE, reserve=Money(0))
    for _ in range(10):
        meter.start(WORST)
    assert meter.cost == 0


def test_calls_at_the_same_time_know_their_own_attempts() -> None:
    """Two branches of one meter share its reserve and its cost, and each has its own attempts."""
    trunk = Meter(Price.per_million(1, 1), reserve=Money(3_000))
    one, other = trunk.branch(), trunk.branch()
    first, second = one.start(Usage(1, 0)), other.start(Usage(0, 1))
    one.end(first, Usage(1, 1))
    other.end(second, Usage(0, 0))
    assert (one.own, other.own) == ((Usage(1, 1),), (Usage(0, 0),))
    assert one.cost == other.cost == trunk.cost == 2_000
    assert not other.affords(Usage(1, 1))
    assert trunk.attempts == 2
