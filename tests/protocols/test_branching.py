"""The search among the choices near the bound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.branching import Search, StepsError
from protocols.relaxation import dual_prices
from tests.protocols.test_set_packing import Instance, every_choice, instances

TRIANGLE = [[0, 1], [1, 2], [0, 2]]
"""Three pairs of three tasks: the linear program takes half of each."""


@settings(max_examples=100)
@given(instances())
def test_the_least_loss_is_that_of_the_best_choice(instance: Instance) -> None:
    """What the search loses against the bound is what every choice loses at least."""
    scores, needs = instance
    prices = dual_prices(scores, needs)
    found = Search(prices, needs, 10_000).best(prices.bound, 0)

    assert prices.bound - found.spent == max(every_choice(instance).values()) << prices.shift


def test_a_choice_that_is_good_enough_ends_the_search() -> None:
    """With a ceiling that is reached fewer states are looked at than for the proof alone."""
    needs = [*TRIANGLE, [3, 4], [4, 5], [3, 5]]
    prices = dual_prices([4, 4, 4, 4, 4, 4], needs)
    proof, hint = Search(prices, needs, 1_000), Search(prices, needs, 1_000)
    proof.best(prices.bound, 0)
    hint.best(prices.bound, prices.bound - (8 << prices.shift))

    assert hint.looked < proof.looked


def test_too_long_a_search_says_so() -> None:
    """A search that may look at two states does not answer with what it has."""
    prices = dual_prices([4, 5, 4], TRIANGLE)

    with pytest.raises(StepsError):
        Search(prices, TRIANGLE, 2).best(prices.bound, 0)


def test_a_wrong_floor_is_told() -> None:
    """If a choice is said to be known and is not there, the caller is at fault."""
    prices = dual_prices([4, 5, 4], TRIANGLE)

    with pytest.raises(ValueError, match="said to be known"):
        Search(prices, TRIANGLE, 100).best(1, 0)


@settings(max_examples=60)
@given(instances(largest=3), st.integers(0, 6))
def test_ties_that_take_too_long_end_with_a_best_choice(instance: Instance, steps: int) -> None:
    """However early the order of equals is given up, what is returned is feasible and optimal."""
    scores, needs = instance
    prices = dual_prices(scores, needs)
    search = Search(prices, needs, 10_000)
    best = search.best(prices.bound, 0)
    search.steps = steps
    choices = every_choice(instance)

    assert choices[search.earliest(best)] == max(choices.values())
