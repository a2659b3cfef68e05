"""Tests of contracts that pay by peers."""

import pytest
from hypothesis import given

from protocols.contingent import ContingentVcg
from protocols.first_price import FirstPrice
from protocols.mechanism import Mechanism
from protocols.messages import Announcement
from protocols.peer_paid import COST_ONLY, PeerPaid
from protocols.posted_price import PostedPrice
from protocols.uniform_price import UniformPrice
from protocols.units import Money, TaskId
from protocols.vcg import Vcg
from tests.protocols.auctions import Auction, auction, auctions, honest_score

STAKE = Money(1000)


def _grouped(announcement: Announcement) -> Announcement:
    """Return it with its first lot as a copy of another task."""
    first, *others = announcement.lots
    copy = first.model_copy(update={"group": TaskId("whole")})
    return announcement.model_copy(update={"lots": (copy, *others)})


@pytest.mark.parametrize("inner", [Vcg(), FirstPrice(), PostedPrice()])
@given(auctions())
def test_only_the_terms_of_copies_change(inner: Mechanism, made: Auction) -> None:
    """Winners, bases and all other awards are those of the mechanism itself."""
    announcement, bids = _grouped(made[0]), made[1]
    plain = inner.clear(announcement, bids, {}, 1)
    paid = PeerPaid(inner, "correlated-agreement", STAKE).clear(announcement, bids, {}, 1)
    assert paid.mechanism == plain.mechanism
    assert paid.unsold == plain.unsold
    for before, after in zip(plain.awards, paid.awards, strict=True):
        if after.task == announcement.lots[0].task:
            assert after.contract.rule == "correlated-agreement"
            assert after.contract.score_weight == STAKE
            assert after.contract.base == before.contract.base
            assert after.worker == before.worker
        else:
            assert after == before


def test_the_pay_is_the_base_plus_the_stake_times_the_score() -> None:
    """Two bids of 3 and 5: the cheaper is paid 5, and 1000 per unit of peer score."""
    announcement, bids = auction([10], {"ann": [(3, 0.9)], "bob": [(5, 0.9)]})
    rule = PeerPaid(Vcg(), "dasgupta-ghosh", STAKE)
    (award,) = rule.clear(_grouped(announcement), bids, {}, 0).awards
    assert award.contract.pay(1.0, Money(3), 0.25) == 255
    assert award.contract.pay(0.0, Money(3), -0.5) == -495


@pytest.mark.parametrize("inner", [ContingentVcg(honest_score), UniformPrice()])
def test_other_mechanisms_are_refused(inner: Mechanism) -> None:
    """Who pays by outcomes, or sells lots as one good, cannot award copies; one line says so."""
    with pytest.raises(ValueError, match="cannot award tasks with redundancy") as caught:
        PeerPaid(inner, "correlated-agreement", STAKE)
    assert all(name in str(caught.value) for name in COST_ONLY)


def test_its_properties_name_what_it_adds() -> None:
    """The promise about costs stays, and the assumption of the peer score comes on top."""
    rule = PeerPaid(Vcg(), "correlated-agreement", STAKE)
    assert rule.name == "vcg"
    assert rule.properties.truthful == "dominant"
    assert rule.properties.individually_rational == "interim"
    assert any("correlated-agreement" in each for each in rule.properties.assumptions)
