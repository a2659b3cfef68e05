"""McAfee's double auction."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.mcafee import McAfee, trade
from protocols.properties import Setting, expected_utility, regret
from protocols.units import Money
from tests.protocols.auctions import auction

SIDES = st.lists(st.integers(0, 12), min_size=1, max_size=6)


def test_a_price_between_the_next_pair_serves_all_trades() -> None:
    """Values 9 8 7 4, costs 2 3 4 5: three trade at (4 + 5) // 2, which suits the third pair."""
    assert trade([9, 8, 7, 4], [2, 3, 4, 5]) == (3, 4, 4)


def test_otherwise_one_trade_is_given_up() -> None:
    """Values 9 8 7 1, costs 2 3 6 8: (1 + 8) // 2 is below 6, so two trade, paying 7, earning 6."""
    assert trade([9, 8, 7, 1], [2, 3, 6, 8]) == (2, 7, 6)


@given(SIDES, SIDES)
def test_nobody_trades_at_a_loss_and_no_subsidy_is_needed(
    values: list[int], costs: list[int]
) -> None:
    """Buyers pay at most their value, sellers earn at least their cost, and pay covers earnings."""
    values.sort(reverse=True)
    costs.sort()
    done = trade(values, costs)
    efficient = sum(value >= cost for value, cost in zip(values, costs, strict=False))

    assert efficient - 1 <= done.volume <= efficient
    assert done.pays >= done.earns
    assert all(value >= done.pays for value in values[: done.volume])
    assert all(cost <= done.earns for cost in costs[: done.volume])


@settings(max_examples=100)
@given(SIDES, SIDES, st.integers(0, 13))
def test_no_misreport_of_a_single_unit_gains(values: list[int], costs: list[int], lie: int) -> None:
    """A seller of one unit cannot gain by another cost."""
    announcement, bids = auction(
        values, {f"w{index}": [(cost, 1.0)] * len(values) for index, cost in enumerate(costs)}
    )
    setting = Setting(McAfee(), announcement)
    false = [bid.model_copy(update={"cost": Money(lie)}) for bid in bids if bid.worker == "w0"]

    assert regret(setting, bids, {"w0"}, [false]).gain == 0
    assert expected_utility(setting, bids, bids, {"w0"}) >= 0


@given(SIDES, SIDES, st.integers(0, 13))
def test_no_misreport_of_a_value_gains(values: list[int], costs: list[int], lie: int) -> None:
    """A buyer of one unit cannot gain by another value either, ties going against it."""
    own, rest = values[0], values[1:]

    def utility(report: int) -> int:
        side = sorted([*rest, report], reverse=True)
        done = trade(side, sorted(costs))
        place = len([value for value in side if value > report]) + rest.count(report)
        return own - done.pays if place < done.volume else 0

    assert utility(lie) <= utility(own) + 1
