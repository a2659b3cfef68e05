"""The optimal auction."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.optimal import Optimal, VirtualCosts
from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.units import Money
from tests.protocols.auctions import auction

SAMPLES = st.lists(st.integers(1, 12), min_size=1, max_size=8)


def test_virtual_costs_of_uniform_costs() -> None:
    """Uniform on 1..n: the virtual cost of k is 2 k - 1, the discrete form of 2 c."""
    assert VirtualCosts(range(1, 6)).virtual == [1, 3, 5, 7, 9]


def test_ironing_makes_virtual_costs_increase() -> None:
    """A sample with a cheap few and a crowd above them is ironed to a plateau."""
    ironed = VirtualCosts([1, 8, 9, 9, 9, 9])

    assert ironed.virtual == sorted(ironed.virtual)
    assert ironed.virtual[1] == ironed.virtual[2]


def test_a_lone_bidder_meets_half_the_value() -> None:
    """Uniform costs on 1..100 and a value of 100: the price to a single bidder is V / 2."""
    announcement, bids = auction([100], {"a": [(10, 1.0)]})
    dear, refused = auction([100], {"a": [(51, 1.0)]})
    mechanism = Optimal(tuple(Money(cost) for cost in range(1, 101)))
    (award,) = mechanism.clear(announcement, bids, {}, 0).awards

    assert award.contract.base == 50
    assert not mechanism.clear(dear, refused, {}, 0).awards


@settings(max_examples=60)
@given(SAMPLES, st.lists(st.integers(0, 13), min_size=1, max_size=3), st.integers(0, 3))
def test_no_misreport_gains_on_any_distribution(
    sample: list[int], costs: list[int], seed: int
) -> None:
    """Whatever the sample and the tie-break, the true cost is a best reply and never loses."""
    announcement, bids = auction(
        [12], {f"w{index}": [(cost, 1.0)] for index, cost in enumerate(costs)}
    )
    setting = Setting(Optimal(tuple(map(Money, sample))), announcement, seed=seed)
    for honest in bids:
        lies = misreports([honest], range(15), [1.0])

        assert regret(setting, bids, {honest.worker}, lies).gain == 0
        assert expected_utility(setting, bids, bids, {honest.worker}) >= 0


@settings(max_examples=40)
@given(SAMPLES, st.integers(1, 14))
def test_no_pair_of_posted_prices_leaves_a_larger_surplus(sample: list[int], value: int) -> None:
    """Over two independent draws the surplus is at least that of any two prices tried in turn."""
    mechanism = Optimal(tuple(map(Money, sample)))
    draws = [(first, second) for first in sample for second in sample]

    def optimal(first: int, second: int) -> int:
        announcement, bids = auction([value], {"a": [(first, 1.0)], "b": [(second, 1.0)]})
        return sum(
            value - award.contract.base
            for award in mechanism.clear(announcement, bids, {}, 0).awards
        )

    def posted(prices: tuple[int, int], costs: tuple[int, int]) -> int:
        for price, cost in zip(prices, costs, strict=True):
            if cost <= price:
                return value - price
        return 0

    best = 0
    for one, other in product([0, *sample], repeat=2):
        best = max(best, sum(posted((one, other), (first, second)) for first, second in draws))
    # virtual costs are rounded up to whole nano-units, which can give up one of them per draw
    assert Fraction(sum(optimal(*draw) for draw in draws) - best, len(draws)) >= -1
