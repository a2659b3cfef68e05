"""Budget-feasible procurement."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.budget_feasible import BudgetFeasible
from protocols.properties import Setting, misreports, regret
from protocols.units import Money
from tests.protocols.auctions import Auction, auction

ITEMS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12)), min_size=1, max_size=6)


def built(items: list[tuple[int, int]]) -> Auction:
    """Return an auction of (value, cost) pairs in which each lot has one worker of its own."""
    offers = {
        f"w{index}": [(cost, 1.0) if index == lot else None for lot in range(len(items))]
        for index, (_, cost) in enumerate(items)
    }
    return auction([value for value, _ in items], offers, reserves=[1000] * len(items))


@settings(max_examples=100)
@given(ITEMS, st.integers(1, 30))
def test_the_budget_holds_and_nobody_loses(items: list[tuple[int, int]], budget: int) -> None:
    """All payments together stay within the budget, and each covers its cost."""
    announcement, bids = built(items)
    awards = BudgetFeasible(Money(budget)).clear(announcement, bids, {}, 0).awards
    costs = {bid.worker: bid.cost for bid in bids}

    assert sum(award.contract.base for award in awards) <= budget
    assert all(award.contract.base >= costs[award.worker] for award in awards)


@settings(max_examples=40)
@given(ITEMS, st.integers(1, 30))
def test_no_misreport_gains(items: list[tuple[int, int]], budget: int) -> None:
    """With one lot per worker the true cost is a best reply, exactly."""
    announcement, bids = built(items)
    setting = Setting(BudgetFeasible(Money(budget)), announcement)
    for honest in bids:
        lies = misreports([honest], range(0, 31, 2), [1.0])

        assert regret(setting, bids, {honest.worker}, lies).gain == 0


@settings(max_examples=100)
@given(ITEMS, st.integers(1, 30))
def test_the_value_is_within_the_proven_factor(items: list[tuple[int, int]], budget: int) -> None:
    """What is bought is worth at least 1 / (2 + sqrt 2) of the best that the budget could buy."""
    announcement, bids = built(items)
    bought = BudgetFeasible(Money(budget)).clear(announcement, bids, {}, 0).welfare
    best = max(
        sum(value for value, _ in chosen)
        for size in range(len(items) + 1)
        for chosen in combinations(items, size)
        if sum(cost for _, cost in chosen) <= budget
    )

    assert bought * (2 + 2**0.5) >= best - 1e-9


def test_proportional_shares() -> None:
    """Values 1, costs 1, 2, 3, 3 and a budget of 8: the third share is 8/3 < 3, so two are bought.

    Each is paid its critical cost: at 3 the threshold c_3 / v_3 binds before the share 8 / 2.
    """
    announcement, bids = built([(1, 1), (1, 2), (1, 3), (1, 3)])
    allocation = BudgetFeasible(Money(8)).clear(announcement, bids, {}, 0)
    paid = [(award.worker, award.contract.base) for award in allocation.awards]

    assert paid == [("w0", 3), ("w1", 3)]
    assert [lot.reason for lot in allocation.unsold] == ["budget", "budget"]


def test_a_share_may_be_used_up() -> None:
    """Four lots of value 1 and cost 2 use up a budget of 8: a cost equal to its share is paid."""
    announcement, bids = built([(1, 2)] * 4)
    awards = BudgetFeasible(Money(8)).clear(announcement, bids, {}, 0).awards

    assert [award.contract.base for award in awards] == [2, 2, 2, 2]


def test_a_rival_on_the_same_lot_lowers_the_price() -> None:
    """The second lowest cost on a lot bounds its price like in any auction."""
    announcement, bids = auction([10], {"a": [(2, 1.0)], "b": [(5, 1.0)]})
    (award,) = BudgetFeasible(Money(8)).clear(announcement, bids, {}, 0).awards

    assert award.contract.base == 5
