"""The checks of promises about bundles, on all mechanisms that take them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from protocols.bundle_auction import TakesBundles
from protocols.bundle_properties import (
    BundleSetting,
    bundle_misreports,
    bundle_regret,
    expected_bundle_utility,
)
from protocols.bundles import BundleBid
from protocols.catalog import TAKE_BUNDLES
from tests.protocols.auctions import auction, quadratic
from tests.protocols.bundle_bids import able, bundle
from tests.protocols.examples import EXAMPLES

TRUTHFUL = [name for name in TAKE_BUNDLES if EXAMPLES[name].properties.truthful == "dominant"]


def setting(name: str, *values: int) -> BundleSetting:
    """Return an auction of tasks with these values by a mechanism of the catalog."""
    announcement, _ = auction(values, {"a": [None] * len(values)})
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesBundles)
    return BundleSetting(rule, announcement, quadratic)


@pytest.mark.parametrize("name", TRUTHFUL)
@settings(max_examples=12)
@given(able("a"), able("b"), able("c"))
def test_no_lie_about_bundles_gains(
    name: str, truth: list[BundleBid], second: list[BundleBid], third: list[BundleBid]
) -> None:
    """Bundles dropped, dearer, cheaper, misjudged or split: no lie gains anything at all."""
    lies = bundle_misreports(truth, [0, 128, 512], [0.25, 1.0])

    assert bundle_regret(setting(name, 640, 320), truth, [*second, *third], lies) == 0


@pytest.mark.parametrize("name", TAKE_BUNDLES)
@settings(max_examples=25)
@given(able("a"), able("b"))
def test_an_honest_worker_expects_no_loss(
    name: str, truth: list[BundleBid], second: list[BundleBid]
) -> None:
    """Taking part with the truth about all bundles pays, or costs nothing."""
    assert expected_bundle_utility(setting(name, 640, 320), [*truth, *second], truth) >= 0


def test_a_core_price_can_be_moved_by_its_winner() -> None:
    """Two locals beat a rival for both tasks; the one that asks for more is paid more.

    Worth 8 and 6 against 10, the core leaves each local a gain of 2. Saying 6 instead of 8 the
    first keeps its task and gains 3.
    """
    core = setting("core-selecting", 100, 100)
    truth = [bundle("l", "0", 92)]
    others = [bundle("m", "1", 94), bundle("g", "01", 190)]

    assert expected_bundle_utility(core, [*truth, *others], truth) == 2
    assert bundle_regret(core, truth, others, [[bundle("l", "0", 94)]]) == 1
    assert bundle_regret(setting("vcg", 100, 100), truth, others, [[bundle("l", "0", 94)]]) == 0


def test_a_worker_does_the_bundle_that_covers_its_awards() -> None:
    """Awarded half of what it could do only as a whole, it bears the cost of the whole."""
    truth = [bundle("a", "01", 30)]
    lie = [bundle("a", "0", 10), bundle("b", "1", 5)]

    assert expected_bundle_utility(setting("vcg", 100, 100), lie, truth) == 100 - 30


def test_lies_about_bundles_are_of_every_sort() -> None:
    """Two bundles: three ways to leave out, two costs and one chance for each, one way to split."""
    honest = [bundle("a", "0", 30), bundle("a", "01", 64)]
    lies = [*bundle_misreports(honest, [1, 2], [0.5])]

    assert len(lies) == 3 + 2 * 2 + 2 * 1 + 1
    assert () in lies
    assert (honest[0], bundle("a", "0", 32), bundle("a", "1", 32)) in lies


def test_work_that_cannot_be_done_is_no_type() -> None:
    """A worker that wins what no bundle of its truth covers is a mistake of the test, and said so."""
    with pytest.raises(ValueError, match="cannot do"):
        expected_bundle_utility(
            setting("vcg", 100, 100), [bundle("a", "1", 1)], [bundle("a", "0", 1)]
        )
    assert expected_bundle_utility(setting("vcg", 9), [], [bundle("a", "0", 1)]) == Fraction(0)
