"""The clock auctions."""

from collections.abc import Collection, Generator

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.clock import (
    Dutch,
    English,
    Round,
    Sale,
    dutch_rounds,
    english_rounds,
    rising_prices,
)
from protocols.mechanism import tie_ranks
from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.units import Money
from protocols.vcg import Vcg
from tests.protocols.auctions import auction

COSTS = st.lists(st.integers(0, 24), min_size=1, max_size=4)
RESERVE = 20


def ended(
    rounds: Generator[Round, Collection[str], Sale | None], limits: dict[str, int]
) -> list[tuple[str, int]]:
    """Drive a clock with workers that accept exactly the prices that cover their limits."""
    accepted: set[str] | None = None
    try:
        while True:
            question = next(rounds) if accepted is None else rounds.send(accepted)
            accepted = {name for name in question.workers if limits[name] <= question.price}
    except StopIteration as stop:
        sale: Sale | None = stop.value
        return [] if sale is None else [(sale.worker, sale.price)]


@settings(max_examples=100)
@given(COSTS, st.integers(1, 7), st.integers(0, 3))
def test_sealed_bids_end_like_the_conversation(costs: list[int], step: int, seed: int) -> None:
    """Clearing sealed limits gives the winner and the price of asking round by round."""
    limits = {f"w{index}": cost for index, cost in enumerate(costs)}
    announcement, bids = auction([RESERVE], {name: [(cost, 1.0)] for name, cost in limits.items()})
    ranks = tie_ranks(seed, announcement, limits)
    order = sorted(limits, key=ranks.__getitem__)
    for mechanism, rounds in (
        (English(Money(step)), english_rounds(RESERVE, step, order)),
        (Dutch(Money(step)), dutch_rounds(RESERVE, step, order)),
    ):
        awards = mechanism.clear(announcement, bids, {}, seed).awards

        assert [(award.worker, award.contract.base) for award in awards] == ended(rounds, limits)


@settings(max_examples=40)
@given(COSTS, st.integers(1, 7))
def test_no_misreport_gains_a_step(costs: list[int], step: int) -> None:
    """As a sealed bid the true cost is within one step of the best reply and never loses."""
    announcement, bids = auction(
        [RESERVE], {f"w{index}": [(cost, 1.0)] for index, cost in enumerate(costs)}
    )
    setting = Setting(English(Money(step)), announcement)
    for honest in bids:
        lies = misreports([honest], range(25), [1.0])

        assert regret(setting, bids, {honest.worker}, lies).gain <= step
        assert expected_utility(setting, bids, bids, {honest.worker}) >= 0


@given(COSTS)
def test_the_finest_clock_is_a_second_price_auction(costs: list[int]) -> None:
    """With a step of one nano-unit the price is within one of the second lowest cost."""
    announcement, bids = auction(
        [RESERVE], {f"w{index}": [(cost, 1.0)] for index, cost in enumerate(costs)}
    )
    clock = English(Money(1)).clear(announcement, bids, {}, 0).awards
    sealed = Vcg().clear(announcement, bids, {}, 0).awards

    assert [award.worker for award in clock] == [award.worker for award in sealed]
    assert all(
        0 <= slow.contract.base - fast.contract.base <= 1
        for fast, slow in zip(clock, sealed, strict=True)
    )


def test_to_outlast_a_rival_ends_the_clock_one_step_later() -> None:
    """Prices 20, 16, 12, ...: out together after 12 both had it; who takes 8 is left alone there."""
    prices = {}
    for cost in (10, 8):
        announcement, bids = auction([RESERVE], {"a": [(cost, 1.0)], "b": [(10, 1.0)]})
        (award,) = English(Money(4)).clear(announcement, bids, {}, 0).awards
        prices[cost] = award.contract.base

    assert prices == {10: 12, 8: 8}


def test_the_first_to_accept_wins_the_dutch_clock() -> None:
    """Prices 0, 4, 8, ...: the worker that takes 7 accepts at 8, before the one that takes 9."""
    announcement, bids = auction([RESERVE], {"a": [(9, 1.0)], "b": [(7, 1.0)]})
    (award,) = Dutch(Money(4)).clear(announcement, bids, {}, 0).awards

    assert (award.worker, award.contract.base) == ("b", 8)
    assert next(price for price in rising_prices(RESERVE, 4) if price >= 7) == 8


def test_waiting_gains_on_the_dutch_clock() -> None:
    """Against a rival that accepts at 15 a worker with cost 4 gains by waiting."""
    announcement, bids = auction([RESERVE], {"a": [(4, 1.0)], "b": [(15, 1.0)]})
    setting = Setting(Dutch(Money(1)), announcement)

    assert regret(setting, bids, {"a"}, misreports(bids[:1], range(21), [1.0])).gain >= 10


def test_the_last_price_of_a_rising_clock_is_the_reserve() -> None:
    """The clock stops at the reserve even where the steps do not meet it."""
    assert [*rising_prices(9, 4)] == [0, 4, 8, 9]
    assert [*rising_prices(8, 4)] == [0, 4, 8]
