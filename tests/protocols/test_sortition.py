"""Sortition and audits by lot."""

from collections import Counter

from protocols.offers import ranked_offers
from protocols.sortition import Sortition, audited, lottery, propensities
from protocols.units import AnnouncementId, Money
from protocols.vcg import savings
from tests.protocols.auctions import auction

ROUNDS = 600


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


def test_an_audit_draws_its_share_whatever_the_order() -> None:
    """A rate of 0.3 draws about 300 of 1000, nobody at 0, everybody at 1."""
    announcement, _ = auction([1], {"a": [None]})
    announcement = announcement.model_copy(update={"announcement": AnnouncementId("a9")})
    names = [str(number) for number in range(1000)]

    assert 250 < len(audited(1, announcement, names, 0.3)) < 350
    assert audited(1, announcement, reversed(names), 0.3) == audited(1, announcement, names, 0.3)
    assert audited(1, announcement, names, 0.0) == []
    assert len(audited(1, announcement, names, 1.0)) == 1000


def test_propensities_are_the_chances_of_the_draw() -> None:
    """Two workers in the draw have a chance of one half each."""
    announcement, bids = auction([100], {"a": [(10, 1.0)], "b": [(20, 1.0)], "c": [(101, 1.0)]})
    offers = ranked_offers(announcement, bids, savings, 0)

    assert propensities(offers[announcement.lots[0].task]) == {"a": 0.5, "b": 0.5}
