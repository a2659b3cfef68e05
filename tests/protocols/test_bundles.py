"""Bundles."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.bundles import BundleBid, ContingentBundles, Package, solve_packages
from protocols.errors import MechanismError
from protocols.units import Money, TaskId, WorkerId
from tests.protocols.auctions import auction, honest_score, quadratic

STAKE = 6400
RULE = ContingentBundles(honest_score, stake=Money(STAKE))

PACKAGES = st.lists(
    st.builds(
        Package,
        st.sampled_from("abc"),
        st.frozensets(st.sampled_from("tuv"), min_size=1),
        st.integers(-3, 12),
    ),
    min_size=1,
    max_size=7,
)


def best(packages: list[Package], *, exclusive: bool, without: str | None = None) -> int:
    """Return the largest welfare by trying every set of packages."""
    able = [package for package in packages if package.worker != without]
    top = 0
    for taken in product([False, True], repeat=len(able)):
        chosen = [package for package, take in zip(able, taken, strict=True) if take]
        tasks = [task for package in chosen for task in package.tasks]
        workers = [package.worker for package in chosen]
        if len(set(tasks)) == len(tasks) and (not exclusive or len(set(workers)) == len(workers)):
            top = max(top, sum(package.score for package in chosen))
    return top


@settings(max_examples=60)
@given(PACKAGES, st.booleans())
def test_welfare_and_pivots_equal_brute_force(packages: list[Package], exclusive: bool) -> None:
    """For XOR and OR bids the optimum and every W(-i) equal the best of all sets."""
    found = solve_packages(packages, exclusive=exclusive)

    assert found.welfare == best(packages, exclusive=exclusive)
    for worker, pivot in found.pivots.items():
        own = sum(
            packages[place].score for place in found.chosen if packages[place].worker == worker
        )
        without = best(packages, exclusive=exclusive, without=worker)

        assert pivot == without - (found.welfare - own)


def bundle(worker: str, tasks: str, cost: int, *chances: float) -> BundleBid:
    """Return a bid of one worker on the tasks with these numbers."""
    return BundleBid(
        worker=WorkerId(worker),
        tasks=tuple(TaskId(f"t{number}") for number in tasks),
        cost=Money(cost),
        probabilities=chances,
    )


def utility(truth: BundleBid, bids: list[BundleBid], lots: int) -> Fraction:
    """Return the exact expected utility of the worker whose true bundle is given."""
    announcement, _ = auction([640] * lots, {"a": [None] * lots})
    chances = dict(zip(truth.tasks, truth.probabilities, strict=True))
    total = Fraction(0)
    won = [
        award for award in RULE.clear(announcement, bids, 0).awards if award.worker == truth.worker
    ]
    for award in won:
        chance = Fraction(chances[award.task])
        for success, weight in ((1.0, chance), (0.0, 1 - chance)):
            score = quadratic(award.contract.report, success)
            total += weight * award.contract.pay(success, Money(0), score)
    return total - truth.cost if won else total


AMOUNT = st.integers(0, 12).map(lambda amount: amount * 64)
EIGHTH = st.integers(0, 8).map(lambda eighths: eighths / 8)


@settings(max_examples=60)
@given(st.lists(AMOUNT, min_size=5, max_size=5), st.lists(EIGHTH, min_size=8, max_size=8))
def test_no_misreport_of_a_bundle_gains(costs: list[int], chances: list[float]) -> None:
    """A lie about the cost or a probability of a bundle gains exactly nothing."""
    truth = bundle("a", "01", costs[0], chances[0], chances[1])
    rivals = [
        bundle("b", "0", costs[1], chances[2]),
        bundle("c", "1", costs[2], chances[3]),
        bundle("d", "01", costs[3], chances[4], chances[5]),
    ]
    lie = bundle("a", "01", costs[4], chances[6], chances[7])

    assert utility(truth, [lie, *rivals], 2) <= utility(truth, [truth, *rivals], 2)
    assert utility(truth, [truth, *rivals], 2) >= 0


def test_a_bundle_is_all_or_nothing() -> None:
    """A pair that is worth more together beats the best of either task, and shares one pivot."""
    announcement, _ = auction([100, 100], {"a": [None, None]})
    rule = ContingentBundles(honest_score)
    bids = [bundle("a", "01", 40, 1.0, 1.0), bundle("b", "0", 10, 1.0), bundle("c", "1", 90, 1.0)]
    allocation = rule.clear(announcement, bids, 0)

    assert [award.worker for award in allocation.awards] == ["a", "a"]
    assert allocation.welfare == 160
    assert sum(award.contract.base for award in allocation.awards) == -100
    assert sum(award.score for award in allocation.awards) == 160


def test_a_bundle_with_an_unknown_or_repeated_task_is_named() -> None:
    """A malformed bundle is refused with the worker's name."""
    announcement, _ = auction([100], {"a": [None]})

    with pytest.raises(MechanismError, match="worker 'a' bids on task 't7'"):
        RULE.clear(announcement, [bundle("a", "7", 1, 1.0)], 0)
    with pytest.raises(MechanismError, match="names each task once"):
        RULE.clear(announcement, [bundle("a", "00", 1, 1.0, 1.0)], 0)
