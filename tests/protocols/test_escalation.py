"""Escalation: who is asked in which order, and when it is enough."""

from typing import Any

import pytest
from hypothesis import given

from protocols.errors import MechanismError
from protocols.escalation import Escalation
from protocols.mechanism import Standing, Standings
from protocols.messages import Award
from protocols.units import Money, WorkerId
from protocols.weitzman import reservation_value
from tests.protocols.auctions import Auction, auction, auctions

KNOWN = ((0.25, 1_000_000), (0.75, 1_000_000))


def knowing(**confidences: tuple[tuple[float | None, int], ...]) -> Standings:
    """Return standings of workers whose past confidences are known."""
    return {
        (WorkerId(worker), "task"): Standing(confidences=each)
        for worker, each in confidences.items()
    }


def awards_of(drawn: Auction, standings: Standings | None = None, **settings: Any) -> list[Award]:
    """Return the awards of an auction."""
    announcement, bids = drawn
    found = Escalation(**settings).clear(announcement, bids, standings or {}, 0)
    return list(found.awards)


@given(auctions(lots=1, workers=4, limited=False))
def test_newcomers_are_called_by_cost_per_success(drawn: Auction) -> None:
    """Whose answers are taken to tell all have the reservation value V - c / p (Weitzman 1979)."""
    announcement, bids = drawn
    (lot,) = announcement.lots
    awards = awards_of(drawn)
    costs = {bid.worker: bid.cost / bid.probability for bid in bids if bid.probability}
    expected = sorted(cost for cost in costs.values() if cost < lot.value)

    assert [costs[award.worker] for award in awards] == expected
    assert [award.rank for award in awards] == list(range(len(awards)))
    assert [award.score for award in awards] == [round(lot.value - cost) for cost in expected]


@given(auctions(lots=2, workers=3, limited=False))
def test_each_award_says_from_which_chance_on_the_next_is_spared(drawn: Auction) -> None:
    """The reservation value of the next over the value of the lot; the last one stops in any case."""
    announcement, _ = drawn
    for lot in announcement.lots:
        awards = [award for award in awards_of(drawn) if award.task == lot.task]
        for award, after in zip(awards, [*awards[1:], None], strict=False):
            assert award.stop is not None
            assert award.stop.enough * lot.value == pytest.approx(
                after.score if after else 0, abs=1
            )


def test_what_is_known_of_confidences_decides_the_order() -> None:
    """Two workers alike in cost and chance: the one whose confidence tells something comes first."""
    drawn = auction([100], {"flat": [(1, 0.5)], "telling": [(1, 0.5)]})
    standings = knowing(flat=((0.5, 2_000_000),), telling=KNOWN)
    first, second = awards_of(drawn, standings)

    assert (first.worker, second.worker) == ("telling", "flat")
    assert first.score == 73  # (0.75 V - z) / 2 = 1
    assert second.score == 49
    assert first.stop is not None
    assert first.stop.enough == pytest.approx(0.49, abs=1e-4)


def test_a_confidence_is_worth_what_the_map_makes_of_it() -> None:
    """A worker that is always sure and never right is not worth a call."""
    drawn = auction([100], {"boaster": [(10, 0.5)]})
    standings = {
        (WorkerId("boaster"), "task"): Standing(
            slope=1.0, intercept=-9.0, confidences=((0.95, 1_000_000),)
        )
    }
    announcement, bids = drawn

    assert [
        each.reason for each in Escalation().clear(announcement, bids, standings, 0).unsold
    ] == ["not-worth-it"]


def test_the_hope_in_a_worker_fades_with_its_answers() -> None:
    """After 300 answers alike nobody is asked in the hope of a sure one, however much is at stake."""
    drawn = auction([10_000], {"flat": [(1, 0.5)]})
    (new,), (known,) = awards_of(drawn), awards_of(drawn, knowing(flat=((0.5, 300),)))

    assert new.score == 9_998
    assert known.score == pytest.approx(5_000, rel=0.01)


def test_unstated_answers_count_as_bid() -> None:
    """Who never says how sure it is is a box with one prize."""
    drawn = auction([100], {"silent": [(10, 0.5)]})
    (award,) = awards_of(drawn, knowing(silent=((None, 1_000_000),)))

    assert award.score == 40
    assert award.stop is not None
    assert award.stop.read(None) == 0.5


def test_the_welfare_is_that_of_the_best_policy() -> None:
    """18 half of the time, else 7: the example of `protocols.weitzman` times four."""
    drawn = auction([80], {"sure": [(4, 0.4)], "wide": [(4, 0.5)]})
    standings = knowing(sure=((0.4, 10**9),), wide=((0.0, 10**9), (1.0, 10**9)))
    announcement, bids = drawn
    found = Escalation().clear(announcement, bids, standings, 0)
    wide = reservation_value([(80.0, 1.0), (0.0, 1.0)], 4.0)

    assert [award.score for award in found.awards] == [round(wide), 28]
    assert found.welfare == round(0.5 * wide + 0.5 * 28)


def test_each_answer_is_paid_its_metered_cost() -> None:
    """And the bonus on success; nobody can lose by being asked."""
    drawn = auction([100], {"ann": [(10, 0.5)]})
    (award,) = awards_of(drawn, bonus=7)

    assert award.contract.pay(0.0, Money(12), 0.0) == 12
    assert award.contract.pay(1.0, Money(12), 0.0) == 19


def test_the_number_of_answers_can_be_limited() -> None:
    """The best two of three; then the second stops."""
    offers = {name: [(cost, 0.5)] for cost, name in enumerate(["ann", "bob", "cyd"], 1)}
    awards = awards_of(auction([100], offers), most=2)

    assert [award.worker for award in awards] == ["ann", "bob"]
    assert awards[-1].stop is not None
    assert awards[-1].stop.enough == 0.0


@pytest.mark.parametrize(
    ("offer", "reserve", "reason"),
    [(None, 100, "no-bids"), ((60, 0.9), 50, "above-reserve"), ((60, 0.5), 100, "not-worth-it")],
)
def test_why_a_lot_stays_unsold(offer: tuple[int, float] | None, reserve: int, reason: str) -> None:
    """Nobody bid, nobody bid within the reserve, or no answer is worth its cost."""
    announcement, bids = auction([100], {"ann": [offer]}, reserves=[reserve])
    (unsold,) = Escalation().clear(announcement, bids, {}, 0).unsold

    assert unsold.reason == reason


def test_equal_boxes_are_ordered_by_the_seed() -> None:
    """The award says so, and another seed can turn them round."""
    announcement, bids = auction([100], {"ann": [(10, 0.5)], "bob": [(10, 0.5)]})
    found = [Escalation().clear(announcement, bids, {}, seed).awards for seed in range(8)]

    assert {awards[0].worker for awards in found} == {"ann", "bob"}
    assert all(awards[0].tied and not awards[1].tied for awards in found)


def test_nobody_stands_in_more_sequences_than_it_has_room_for() -> None:
    """As with the sequential pivot, the announcement must be small enough."""
    drawn = auction([100, 100], {"ann": [(10, 0.5), (10, 0.5)]}, limits={"ann": 1})
    with pytest.raises(MechanismError, match="capacity of 1"):
        awards_of(drawn)
