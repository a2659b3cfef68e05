"""The meter of a piece of work."""

from __future__ import annotations

from workers.meter import NOTHING, Meter
from workers.prices import Price, Usage

PRICE = Price.per_million(1, 2)
WORST = Usage(100, 50, estimated=True)


def test_an_attempt_that_never_ends_stays_at_its_worst_case() -> None:
    """What was started and not corrected is booked in full."""
    meter = Meter(PRICE)
    meter.start(WORST)
    assert (meter.cost, meter.usage, meter.attempts) == (PRICE.cost(WORST), WORST, 1)


def test_attempts_are_corrected_one_by_one() -> None:
    """Attempts of calls at the same time keep their own places."""
    meter = Meter(PRICE)
    first, second = meter.start(WORST), meter.start(WORST)
    meter.end(first, NOTHING)
    meter.end(second, Usage(10, 5, cached=3))
    assert meter.usage == Usage(10, 5, cached=3)
    assert meter.cost == PRICE.cost(Usage(10, 5))
    assert not meter.estimated


def test_it_is_exhausted_by_attempts_that_may_have_been_billed() -> None:
    """Attempts that cost nothing do not use up the reserve."""
    meter = Meter(PRICE, paid=2)
    for usage in (NOTHING, WORST, NOTHING):
        meter.end(meter.start(WORST), usage)
    assert not meter.exhausted
    meter.start(WORST)
    assert meter.exhausted
