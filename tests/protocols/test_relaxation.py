"""Prices of the linear program, and the bound that they prove in integers."""

import pytest
from hypothesis import given, settings

from protocols.relaxation import dual_prices
from tests.protocols.test_set_packing import Instance, every_choice, instances


@settings(max_examples=100)
@given(instances())
def test_the_losses_account_for_every_choice(instance: Instance) -> None:
    """Worth, losses of the items and prices left unused add up to the bound, to the last part."""
    scores, needs = instance
    prices = dual_prices(scores, needs)

    assert min(prices.losses) >= 0
    assert min(prices.resources) >= 0
    for items, worth in every_choice(instance).items():
        used = {resource for item in items for resource in needs[item]}
        unused = sum(
            price for resource, price in enumerate(prices.resources) if resource not in used
        )
        lost = sum(prices.losses[item] for item in items) + unused

        assert (worth << prices.shift) + lost == prices.bound


@pytest.mark.parametrize("size", [1, 10**9, 10**12])
def test_the_bound_is_that_of_the_linear_program(size: int) -> None:
    """Three pairs of three tasks are worth one and a half of a pair in parts, at any scale."""
    prices = dual_prices([2 * size] * 3, [[0, 1], [1, 2], [0, 2]])

    assert prices.bound / 2**prices.shift == pytest.approx(3 * size, rel=1e-9)
