"""Auctions of bundles."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.bundle_auction import TakesBundles
from protocols.bundles import BundleBid
from protocols.catalog import TAKE_BUNDLES
from protocols.errors import MechanismError
from tests.protocols.auctions import auction
from tests.protocols.bundle_bids import able, bundle
from tests.protocols.examples import EXAMPLES, example

RULE = example("contingent-vcg", stake=0)


def test_the_catalog_names_the_mechanisms_that_take_bundles() -> None:
    """Whoever is on the list clears bundles, and nobody else does."""
    found = {name for name, rule in EXAMPLES.items() if isinstance(rule, TakesBundles)}

    assert found == set(TAKE_BUNDLES)


def test_a_bundle_is_all_or_nothing() -> None:
    """A pair that is worth more together beats the best of either task, and shares one pivot."""
    announcement, _ = auction([100, 100], {"a": [None, None]})
    bids = [bundle("a", "01", 40), bundle("b", "0", 10), bundle("c", "1", 90)]
    assert isinstance(RULE, TakesBundles)
    allocation = RULE.clear_bundles(announcement, bids, 0, exclusive=True)

    assert [award.worker for award in allocation.awards] == ["a", "a"]
    assert allocation.welfare == 160
    assert sum(award.contract.base for award in allocation.awards) == -100
    assert sum(award.score for award in allocation.awards) == 160


@pytest.mark.parametrize("name", TAKE_BUNDLES)
def test_bundles_of_one_task_are_bids(name: str) -> None:
    """Where every bundle holds one task and nobody bids twice, bundles and bids end the same."""
    announcement, bids = auction(
        [640, 320], {"a": [(64, 0.5), None], "b": [(128, 0.75), None], "c": [None, (64, 1.0)]}
    )
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesBundles)
    bundles = [bundle(bid.worker, bid.task[1:], bid.cost, bid.probability) for bid in bids]
    cleared = rule.clear_bundles(announcement, bundles, 0, exclusive=True)
    expected = rule.clear(announcement, bids, {}, 0)

    assert cleared.welfare == expected.welfare
    assert [(each.task, each.worker, each.contract) for each in cleared.awards] == [
        (each.task, each.worker, each.contract) for each in expected.awards
    ]


@pytest.mark.parametrize("name", TAKE_BUNDLES)
@settings(max_examples=10)
@given(able("a"), able("b"), st.randoms(use_true_random=False))
def test_the_order_of_bundles_does_not_matter(
    name: str, first: list[BundleBid], second: list[BundleBid], shuffler: Random
) -> None:
    """Whoever bids first: the same awards under the same contracts."""
    announcement, _ = auction([640, 320], {"a": [None, None]})
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesBundles)
    bids = [*first, *second]
    shuffled = list(bids)
    shuffler.shuffle(shuffled)

    assert rule.clear_bundles(announcement, bids, 3, exclusive=True) == rule.clear_bundles(
        announcement, shuffled, 3, exclusive=True
    )


def test_an_or_of_bundles_lets_a_worker_win_several() -> None:
    """With XOR the second task goes to the next best; with OR one worker does both."""
    announcement, _ = auction([100, 100], {"a": [None, None]})
    bids = [bundle("a", "0", 10), bundle("a", "1", 10), bundle("b", "1", 50)]
    vcg = EXAMPLES["vcg"]
    assert isinstance(vcg, TakesBundles)
    either = vcg.clear_bundles(announcement, bids, 0, exclusive=True)
    both = vcg.clear_bundles(announcement, bids, 0, exclusive=False)

    assert [award.worker for award in either.awards] == ["a", "b"]
    assert [award.worker for award in both.awards] == ["a", "a"]
    assert sum(award.contract.base for award in both.awards) == 100 + 50


@pytest.mark.parametrize(
    ("name", "reason"), [("vcg", "above-reserve"), ("contingent-vcg", "not-worth-it")]
)
def test_tasks_without_a_winner_say_why(name: str, reason: str) -> None:
    """A bundle that is not worth its cost, and a task that nobody bid on."""
    announcement, _ = auction([100, 100, 100], {"a": [None] * 3})
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesBundles)
    allocation = rule.clear_bundles(announcement, [bundle("a", "01", 900)], 0, exclusive=True)

    assert [lot.reason for lot in allocation.unsold] == [reason, reason, "no-bids"]


def test_a_bundle_with_an_unknown_or_repeated_task_is_named() -> None:
    """A malformed bundle is refused with the worker's name."""
    announcement, _ = auction([100], {"a": [None]})
    assert isinstance(RULE, TakesBundles)

    with pytest.raises(MechanismError, match="worker 'a' bids on task 't7'"):
        RULE.clear_bundles(announcement, [bundle("a", "7", 1)], 0, exclusive=True)
    with pytest.raises(MechanismError, match="names each task once"):
        RULE.clear_bundles(announcement, [bundle("a", "00", 1)], 0, exclusive=True)
