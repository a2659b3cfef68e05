"""The uniform-price auction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import MechanismError
from protocols.properties import Setting, expected_utility, regret
from protocols.uniform_price import UniformPrice
from protocols.units import Money
from tests.protocols.auctions import auction


@settings(max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(1, 3), st.integers(0, 12))
def test_no_misreport_of_a_single_unit_gains(costs: list[int], units: int, lie: int) -> None:
    """A supplier of one unit, at one cost for any of them, cannot gain by another cost."""
    announcement, bids = auction(
        [10] * units, {f"w{index}": [(cost, 1.0)] * units for index, cost in enumerate(costs)}
    )
    setting = Setting(UniformPrice(), announcement)
    false = [bid.model_copy(update={"cost": Money(lie)}) for bid in bids if bid.worker == "w0"]

    assert regret(setting, bids, {"w0"}, [false]).gain == 0
    assert expected_utility(setting, bids, bids, {"w0"}) >= 0


def test_all_units_have_the_price_of_the_first_loser() -> None:
    """Two units and asks of 3, 5, 7: both winners are paid 7."""
    announcement, bids = auction(
        [10, 10], {"a": [(5, 1.0)] * 2, "b": [(7, 1.0)] * 2, "c": [(3, 1.0)] * 2}
    )
    awards = UniformPrice().clear(announcement, bids, {}, 0).awards

    assert [(award.worker, award.contract.base) for award in awards] == [("c", 7), ("a", 7)]


def test_without_a_loser_the_reserve_is_paid() -> None:
    """As many suppliers as units: the reserve bounds the price."""
    for ask in (5, 8):
        announcement, bids = auction([10], {"a": [(ask, 1.0)]}, reserves=[8])
        (award,) = UniformPrice().clear(announcement, bids, {}, 0).awards

        assert award.contract.base == 8


def test_of_different_costs_the_highest_counts() -> None:
    """Of a worker with different costs the highest counts, so it never sells below one of them."""
    announcement, bids = auction([10, 10], {"a": [(2, 1.0), (6, 1.0)], "b": [(9, 1.0)] * 2})
    awards = UniformPrice().clear(announcement, bids, {}, 0).awards

    assert [award.worker for award in awards] == ["a", "b"]
    assert {award.contract.base for award in awards} == {10}


def test_lots_of_different_value_are_different_goods() -> None:
    """Each group has its own price; a worker that would win in too many is named."""
    announcement, bids = auction([10, 20], {"a": [(2, 1.0), (3, 1.0)]})
    tight = auction([10, 20], {"a": [(2, 1.0), (3, 1.0)]}, limits={"a": 1})
    awards = UniformPrice().clear(announcement, bids, {}, 0).awards

    assert [award.contract.base for award in awards] == [10, 20]
    with pytest.raises(MechanismError, match="worker 'a' would stand for 2 lots"):
        UniformPrice().clear(*tight, {}, 0)
