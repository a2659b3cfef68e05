"""Where a paid bid can change the award, and where it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.bidding.value import NOBODY, Outlook, Prospect, best, value_of_asking

UNIT = st.floats(0.0, 1.0)
VALUE = 100.0


@st.composite
def prospects(draw: st.DrawFn) -> Prospect:
    """Draw any prospect, whose answer may be bought with the bid or not."""
    cost = draw(st.floats(0.0, 120.0))
    later = draw(st.sampled_from((0.0, 1.0))) * cost
    low, high = sorted((draw(UNIT), draw(UNIT)))
    rivals = sorted((draw(st.floats(0.0, 110.0)), draw(st.floats(0.0, 110.0))))
    return Prospect(VALUE, cost, later, low, high, Outlook(*rivals))


def brings(prospect: Prospect, chance: float, rival: float) -> float:
    """Return by how much perfect information raises what a lot brings; from the definition."""
    without = max(VALUE * chance - prospect.cost, rival)
    success, failure = max(VALUE - prospect.later, rival), max(-prospect.later, rival)
    return chance * success + (1.0 - chance) * failure - without


@given(prospects(), UNIT, UNIT)
def test_no_chance_and_no_rival_within_the_bounds_are_worth_more(
    prospect: Prospect, at: float, of: float
) -> None:
    """The value is an upper bound on perfect information, wherever in the bounds the truth lies."""
    chance = prospect.low + at * (prospect.high - prospect.low)
    rival = prospect.rival.low + of * (prospect.rival.high - prospect.rival.low)
    assert value_of_asking(prospect) >= brings(prospect, chance, rival) - 1e-9


@given(prospects())
def test_the_bound_is_reached(prospect: Prospect) -> None:
    """On a grid over the bounds some point comes near the value: it promises no more than there is."""
    grid = [place / 30 for place in range(31)]
    low, high, rival = prospect.low, prospect.high, prospect.rival
    most = max(
        brings(prospect, low + at * (high - low), rival.low + of * (rival.high - rival.low))
        for at in grid
        for of in grid
    )
    assert value_of_asking(prospect) == pytest.approx(max(0.0, most), abs=5.0)


@given(st.floats(0.0, 200.0), UNIT, UNIT)
def test_what_can_win_for_certain_or_never_is_worth_nothing(
    cost: float, low: float, high: float
) -> None:
    """A rival who is always better, or work that costs more than it is worth, ends the question."""
    low, high = sorted((low, high))
    beaten = Prospect(VALUE, cost, cost, low, high, Outlook(VALUE, VALUE))
    dear = Prospect(VALUE, VALUE + cost, VALUE + cost, low, high)
    assert value_of_asking(beaten) == 0.0
    assert value_of_asking(dear) == 0.0
    assert value_of_asking(dear._replace(value=0.0)) == 0.0


def test_alone_an_answer_can_save_no_more_than_the_cost() -> None:
    """Where nobody else bids, asking avoids at best the cost of a failure."""
    alone = Prospect(VALUE, 5.0, 5.0, 0.5, 0.9)
    assert value_of_asking(alone) == pytest.approx(0.5 * 5.0)


def test_an_unknown_rival_makes_asking_worth_most() -> None:
    """With a rival that may be worth anything it is the spread of the outcome, V m (1 - m)."""
    unknown = Prospect(VALUE, 0.0, 0.0, 0.3, 0.3, Outlook(0.0, VALUE))
    assert value_of_asking(unknown) == pytest.approx(VALUE * 0.3 * 0.7)


def test_the_best_of_no_rivals_is_nobody() -> None:
    """Without a rival the lot is worth nothing in other hands."""
    assert best([]) == NOBODY
