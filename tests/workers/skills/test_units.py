"""Tests of conversion between units."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.skills.units import convert, units


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Convert 5 miles to kilometers.", "8.04672"),
        ("How many minutes are there in 3 days?", "4320"),
        ("What is 212 fahrenheit in celsius?", "100"),
        ("Convert -40 \u00b0C to \u00b0F.", "-40"),
        ("Convert 0 degrees celsius into kelvin", "273.15"),
        ("What is 1,500 g in kilograms?", "1.5"),
        ("How many feet are in 2 yards?", "6"),
        ("Convert 1 inch to cm", "2.54"),
        ("What is 2 GiB in mebibytes?", "2048"),
        ("Convert 10 pounds to kilograms.", "4.535924"),
        ("Convert 3 m to inches.", "118.110236"),
    ],
)
def test_measurements_are_converted(prompt: str, answer: str) -> None:
    """Lengths, masses, times, temperatures and data, rounded to six places."""
    assert units(prompt) == answer


_lengths = st.sampled_from(["mm", "cm", "m", "km", "inch", "foot", "yard", "mile"])


@given(st.fractions(), _lengths, _lengths)
def test_there_and_back_is_where_it_began(amount: Fraction, source: str, target: str) -> None:
    """Conversion is exact."""
    assert convert(convert(amount, source, target), target, source) == amount


@pytest.mark.parametrize(
    "prompt", ["Convert 5 miles to kilograms.", "Convert 5 parsecs to miles.", "Convert 5 miles."]
)
def test_what_does_not_measure_the_same_is_refused(prompt: str) -> None:
    """Two quantities, an unknown unit, or a single one."""
    with pytest.raises(ValueError, match=r"."):
        units(prompt)
