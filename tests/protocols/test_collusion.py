"""What pairs of workers gain together, and the table of it."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocols.collusion import PairGain, pair_gain, pair_gains
from protocols.posted_price import PostedPrice
from protocols.properties import Setting
from protocols.units import Money
from protocols.vcg import Vcg
from scripts.collusion_table import ROUNDING, measured, row
from tests.protocols.auctions import auction

PAGE = Path(__file__).resolve().parents[2] / "docs" / "theory.md"


def test_a_runner_up_can_raise_the_price_for_its_friend() -> None:
    """Costs 30 and 50 at a reserve of 100: the loser stays away, and the winner is paid 50 more."""
    announcement, bids = auction([100], {"a": [(30, 1.0)], "b": [(50, 1.0)]})
    found = pair_gain(Setting(Vcg(), announcement), bids, ("a", "b"), [0, 50, 100], [1.0])

    assert found == PairGain(Fraction(50), Fraction(0), Fraction(50))


def test_two_winners_can_help_each_other() -> None:
    """Each is the other's runner-up: both raise their losing bids, and each gains by itself."""
    announcement, bids = auction(
        [100, 100], {"a": [(30, 1.0), (50, 1.0)], "b": [(50, 1.0), (30, 1.0)]}
    )
    found = pair_gain(Setting(Vcg(), announcement), bids, ("a", "b"), [30, 100], [1.0])

    assert found == PairGain(Fraction(100), Fraction(50), Fraction(100))


def test_every_pair_is_tried() -> None:
    """Three workers make three pairs; one that holds neither winner nor runner-up gains nothing."""
    announcement, bids = auction([100], {"a": [(10, 1.0)], "b": [(50, 1.0)], "c": [(90, 1.0)]})
    found = pair_gains(Setting(Vcg(), announcement), bids, [10, 90, 100], [1.0])

    assert [gain.together for gain in found] == [40, 0, 0]


def test_a_posted_price_can_be_passed_on_and_not_raised() -> None:
    """Whoever is asked first may leave the lot to a cheaper friend; the coordinator pays the same."""
    gains = [
        pair_gain(
            Setting(PostedPrice(Money(60)), announcement, seed=seed),
            bids,
            ("a", "b"),
            [0, 99],
            [1.0],
        )
        for announcement, bids in [auction([100], {"a": [(50, 1.0)], "b": [(10, 1.0)]})]
        for seed in range(8)
    ]

    assert {gain.together for gain in gains} == {0, 40}
    assert all(gain.each == 0 and gain.loss == 0 for gain in gains)


MEASURED: dict[str, list[PairGain]] = {}


@pytest.fixture
def gains(name: str) -> list[PairGain]:
    """Return the gains of every pair in the auctions of the table, measured once."""
    if name not in MEASURED:
        MEASURED[name] = measured(name)
    return MEASURED[name]


@pytest.mark.parametrize("name", ["vcg", "contingent-vcg"])
def test_the_table_says_that_pairs_gain_under_vcg(gains: list[PairGain]) -> None:
    """Under Clarke payments some pair gains in sum, and some pair in which each gains by itself."""
    assert max(gain.together for gain in gains) > ROUNDING
    assert max(gain.each for gain in gains) > ROUNDING


@pytest.mark.parametrize("name", ["posted-price"])
def test_the_table_says_that_no_pair_gains_at_a_posted_price_by_itself(
    gains: list[PairGain],
) -> None:
    """At a posted price no pair gains without side payments, in none of the auctions."""
    assert max(gain.each for gain in gains) == 0


@pytest.mark.parametrize("name", ["vcg", "posted-price"])
def test_the_page_holds_the_table(name: str, gains: list[PairGain]) -> None:
    """The lines in docs/theory.md are those that the script makes."""
    assert f"| {' | '.join(row(name, gains))} |" in PAGE.read_text(encoding="utf-8")
