"""Money as people write it and as it is counted."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from protocols.units import LARGEST, NANO, Amount, Balance, Money, Probability, Units, money, units

AMOUNT: TypeAdapter[Money] = TypeAdapter(Amount)
BALANCE: TypeAdapter[Money] = TypeAdapter(Balance)
PROBABILITY: TypeAdapter[float] = TypeAdapter(Probability)
UNITS: TypeAdapter[Money] = TypeAdapter(Units)


@pytest.mark.parametrize(
    ("written", "nano"),
    [
        ("0.05", 50_000_000),
        (0.05, 50_000_000),
        (Decimal("0.05"), 50_000_000),
        (1, NANO),
        ("-5", -5 * NANO),
        ("1e-9", 1),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("0.0000000025", 2),
        (0.1 + 0.2, 300_000_000),
        ("1000000", LARGEST),
        ("1e-999999", 0),
    ],
)
def test_money_is_counted_in_nano_units(written: str | float | Decimal, nano: int) -> None:
    """An amount is a whole number of nano-units, half a nano-unit going to the even neighbour."""
    assert money(written) == nano


@pytest.mark.parametrize(
    "written",
    ["", "five", "1,5", "$5", "nan", "sNaN", "inf", "-inf", "1e400", "1000000.000000001", math.nan],
)
def test_what_is_no_amount_is_refused_in_one_line(written: str | float) -> None:
    """A word, NaN, infinity and more than a million units are no amounts of money."""
    with pytest.raises(ValueError, match="is not an amount of money") as caught:
        money(written)

    assert "\n" not in str(caught.value)


@given(st.integers(-LARGEST, LARGEST))
def test_units_are_exact_both_ways(nano: int) -> None:
    """Nano-units written as units and read again are the same count."""
    assert money(units(nano)) == nano
    assert money(str(units(nano))) == nano


@given(st.integers(0, LARGEST))
def test_configured_money_survives_json(nano: int) -> None:
    """Money of a configuration is written as units and read back without loss."""
    assert UNITS.validate_json(UNITS.dump_json(UNITS.validate_python(units(nano)))) == nano


@pytest.mark.parametrize("written", [True, None, [], {}, -1, "nan", "1e400", "five", 2_000_000])
def test_configured_money_is_a_plain_amount(written: object) -> None:
    """A flag, a list, a debt or a word is a validation error and nothing worse."""
    with pytest.raises(ValidationError):
        UNITS.validate_python(written)


def test_bounds_of_amounts_and_balances() -> None:
    """An amount is not owed and at most a million units; a balance is a sum of a few amounts."""
    assert AMOUNT.validate_python(LARGEST) == LARGEST
    assert BALANCE.validate_python(-4 * LARGEST) == -4 * LARGEST
    for adapter, wrong in ((AMOUNT, -1), (AMOUNT, LARGEST + 1), (BALANCE, -4 * LARGEST - 1)):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


@pytest.mark.parametrize("wrong", [-0.1, 1.0000001, 10**400])
def test_a_probability_lies_between_0_and_1(wrong: float) -> None:
    """Nothing is more than certain or less than impossible."""
    with pytest.raises(ValidationError):
        PROBABILITY.validate_python(wrong)


def test_sums_fit_64_bits() -> None:
    """Thousands of the largest amount still fit the integers of a database."""
    assert 9_000 * LARGEST < 2**63
