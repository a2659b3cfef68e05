"""Sortition."""

from collections import Counter
from math import sqrt

import pytest

from protocols.messages import Award
from protocols.sortition import Sortition, lottery
from protocols.units import Money, WorkerId
from tests.protocols.auctions import Auction, auction

ROUNDS = 600
SEEDS = 3000


def test_every_willing_worker_is_drawn_equally_often() -> None:
    """Over many announcements three willing workers win a third each, one above the price never."""
    announcement, bids = auction(
        [100], {"a": [(10, 1.0)], "b": [(20, 1.0)], "c": [(30, 1.0)], "d": [(60, 1.0)]}
    )
    wins = Counter(
        Sortition(Money(50))
        .clear(announcement.model_copy(update={"announcement": f"a{number}"}), bids, {}, 0)
        .awards[0]
        .worker
        for number in range(ROUNDS)
    )

    assert all(wins[name] > ROUNDS / 4 for name in wins)
    assert set(wins) == {"a", "b", "c"}


def test_a_full_worker_is_left_out() -> None:
    """With room for one lot a worker is drawn once, and the other lot goes to somebody else."""
    announcement, bids = auction(
        [100, 100], {"a": [(10, 1.0)] * 2, "b": [None, (20, 1.0)]}, limits={"a": 1}
    )
    awards = Sortition().clear(announcement, bids, {}, 0).awards

    assert [award.worker for award in awards] == ["a", "b"]
    assert {award.contract.base for award in awards} == {100}


def test_the_draw_of_one_lot_says_nothing_of_another() -> None:
    """Different purposes draw different orders from the same seed."""
    announcement, _ = auction([1], {"a": [None]})
    names = [str(number) for number in range(20)]

    assert lottery(1, announcement, "t0", names) != lottery(1, announcement, "t1", names)
    assert lottery(1, announcement, "t0", reversed(names)) == lottery(1, announcement, "t0", names)


def drawn(market: Auction, seeds: int = SEEDS) -> list[tuple[Award, ...]]:
    """Return the awards of one auction under many seeds."""
    return [Sortition().clear(*market, {}, seed).awards for seed in range(seeds)]


@pytest.mark.parametrize("willing", [1, 2, 3, 5])
def test_an_award_logs_the_chance_with_which_it_was_drawn(willing: int) -> None:
    """Over 3000 seeds each of n willing workers is drawn as often as the 1/n that is logged."""
    offers = {f"w{place}": [(10 + place, 1.0)] for place in range(willing)}
    market = auction([100], {**offers, "dear": [(101, 1.0)]})
    wins = Counter(award.worker for awards in drawn(market) for award in awards)
    logged = {award.propensity for awards in drawn(market, 9) for award in awards}

    assert logged == {1 / willing}
    deviation = sqrt(SEEDS * (1 - 1 / willing) / willing)
    assert all(abs(wins[WorkerId(name)] - SEEDS / willing) <= 4 * deviation for name in offers)
    assert "dear" not in wins


def test_outcomes_weighed_by_propensities_are_those_of_each_worker() -> None:
    """Weighed by 1/propensity, draws estimate what each worker alone would bring at each lot.

    With room for one lot, a is drawn for the second with chance 1/3 or not at all: there its weighed
    frequency is the chance that it still has room.
    """
    rows = {name: [(10, 1.0), (10, 1.0)] for name in ("a", "b", "c")}
    market = auction([100, 100], rows, limits={"a": 1})
    weighed: Counter[tuple[str, str]] = Counter()
    for awards in drawn(market):
        for award in awards:
            weighed[award.task, award.worker] += round(6 / award.propensity)
    means = {pair: total / 6 / SEEDS for pair, total in weighed.items()}

    expected = {(task, name): 1.0 for task in ("t0", "t1") for name in rows}
    expected["t1", "a"] = 2 / 3
    assert means.keys() == expected.keys()
    assert all(abs(means[pair] - expected[pair]) < 4 * sqrt(2.5 / SEEDS) for pair in means)
