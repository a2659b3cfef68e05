"""Tests of the ways to report."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from protocols.units import LARGEST, Money
from workers.strategies import (
    STRATEGIES,
    Constant,
    Overconfident,
    Random,
    Shaded,
    Strategy,
    Truthful,
    Underconfident,
    shift_log_odds,
)

_parse: TypeAdapter[Strategy] = TypeAdapter(Strategy)
_each = (
    Truthful(),
    Shaded(factor=3.0),
    Overconfident(shift=50.0),
    Underconfident(shift=50.0),
    Constant(probability=1.0, cost=Money(5)),
    Random(low=0.2, high=0.9),
)
amounts = st.integers(0, LARGEST).map(Money)
shares = st.floats(0, 1)
draws = st.floats(0, 1, exclude_max=True)


@given(cost=amounts, probability=shares, draw=draws, strategy=st.sampled_from(_each))
def test_every_report_is_a_valid_bid(
    cost: Money, probability: float, draw: float, strategy: Strategy
) -> None:
    """Whatever the truth, the stated cost and probability are in range."""
    stated, chance = strategy.report(cost, probability, draw)
    assert isinstance(stated, int)
    assert 0 <= stated <= LARGEST
    assert 0.0 <= chance <= 1.0


@given(probability=st.floats(0.001, 0.999), shift=st.floats(-8, 8))
def test_a_shift_adds_to_the_log_odds(probability: float, shift: float) -> None:
    """The log-odds of the shifted probability are those of the probability plus the shift."""
    shifted = shift_log_odds(probability, shift)
    odds = log(probability / (1 - probability)) + shift
    assert log(shifted / (1 - shifted)) == pytest.approx(odds, abs=1e-6)


def test_certainty_cannot_be_shifted() -> None:
    """0 and 1 stay what they are."""
    assert (shift_log_odds(0.0, 9.0), shift_log_odds(1.0, -9.0)) == (0.0, 1.0)


@given(cost=amounts, probability=shares, draw=draws)
def test_under_and_overconfidence_leave_the_cost(
    cost: Money, probability: float, draw: float
) -> None:
    """The probability moves to its side, the cost does not move."""
    assert Overconfident().report(cost, probability, draw)[1] >= probability - 1e-15
    assert Underconfident().report(cost, probability, draw)[1] <= probability + 1e-15
    assert Overconfident().report(cost, probability, draw)[0] == cost


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("truthful", Truthful()),
        ("random", Random()),
        ({"shaded": 1.5}, Shaded(factor=1.5)),
        ({"overconfident": 2}, Overconfident(shift=2.0)),
        ({"name": "underconfident", "shift": 0.5}, Underconfident(shift=0.5)),
        ({"constant": 1}, Constant(probability=1.0)),
        ({"constant": {"probability": 0.9, "cost": "0.01"}},
         Constant.model_validate({"probability": 0.9, "cost": "0.01"})),
    ],
)  # fmt: skip
def test_configurations_name_strategies(written: object, meant: Strategy) -> None:
    """A word, a word with its number and the long form are understood."""
    assert _parse.validate_python(written) == meant


@pytest.mark.parametrize(
    "written", ["honest", {"shaded": -1}, {"overconfident": float("inf")}, {"constant": 1.5}]
)
def test_bad_strategies_are_refused(written: object) -> None:
    """An unknown word or a number out of range is an error."""
    with pytest.raises(ValidationError):
        _parse.validate_python(written)


def test_the_catalog_holds_every_strategy() -> None:
    """Each word of the catalog is the name that its strategy carries."""
    assert {word: kind.model_fields["name"].default for word, kind in STRATEGIES.items()} == {
        word: word for word in STRATEGIES
    }
    assert {type(each) for each in _each} == set(STRATEGIES.values())
