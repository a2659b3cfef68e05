"""Means that are shrunk towards what was expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.bidding.tally import Tallies, Tally

NUMBERS = st.lists(st.floats(0.0, 1.0), max_size=20)


@given(NUMBERS, st.floats(0.0, 1.0), st.floats(0.1, 10.0))
def test_a_mean_lies_between_its_numbers_and_the_prior(
    numbers: list[float], prior: float, weight: float
) -> None:
    """Without numbers it is the prior; with them it moves from there towards their mean."""
    tally = Tally()
    for number in numbers:
        tally.add(number)
    mean = sum(numbers) / len(numbers) if numbers else prior
    low, high = sorted((mean, prior))
    assert low - 1e-9 <= tally.mean(prior, weight) <= high + 1e-9


@given(NUMBERS, NUMBERS)
def test_a_part_can_be_taken_out(part: list[float], rest: list[float]) -> None:
    """What is left is what the rest alone would have made."""
    whole, taken = Tally(), Tally()
    for number in part:
        whole.add(number)
        taken.add(number)
    for number in rest:
        whole.add(number)
    left = whole.without(taken)
    assert left.count == len(rest)
    assert left.amount == pytest.approx(sum(rest))


def test_a_kind_without_numbers_has_the_mean_of_the_others() -> None:
    """Four numbers of 1 at other kinds, and a prior of 0 at weight four, expect a half."""
    tallies = Tallies()
    for _ in range(4):
        tallies.add("sums", 1.0)
    assert tallies.mean("dates", 0.0, 4.0) == 0.5
    assert tallies.at("dates").count == 0
    tallies.add("dates", 0.0)
    assert tallies.elsewhere("dates").count == 4
    assert tallies.mean("dates", 0.0, 4.0) == pytest.approx(0.4)
