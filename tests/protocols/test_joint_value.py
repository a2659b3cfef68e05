"""Lots with one common value."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import InexactError
from protocols.joint_value import JointValue
from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.worth import Combine
from tests.protocols.auctions import Auction, auction, auctions

COMBINE: st.SearchStrategy[Combine] = st.sampled_from(["any", "all"])


@settings(max_examples=40)
@given(auctions(lots=2, workers=3, limited=False), COMBINE)
def test_no_misreport_gains(drawn: Auction, combine: Combine) -> None:
    """Whatever the others report, the truth is a best reply, for redundancy and weakest link."""
    announcement, bids = drawn
    setting = Setting(JointValue(combine), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, [0, 128, 384], [0.0, 0.5, 1.0])

        assert regret(setting, bids, {worker}, lies).gain <= 2
        assert expected_utility(setting, bids, bids, {worker}) >= -2


@settings(max_examples=40)
@given(auctions(lots=3, workers=3, limited=False), COMBINE)
def test_the_team_is_the_best_of_all(drawn: Auction, combine: Combine) -> None:
    """No team of at most one lot per worker has a larger expected welfare."""
    announcement, bids = drawn
    value = max(lot.value for lot in announcement.lots)
    best = 0.0
    for team in product(
        *([None, *(b for b in bids if b.task == lot.task)] for lot in announcement.lots)
    ):
        members = [bid for bid in team if bid]
        if len({bid.worker for bid in members}) == len(members):
            chances = [bid.probability if bid else 0.0 for bid in team]
            whole = 1.0
            for chance in chances:
                whole *= chance if combine == "all" else 1 - chance
            chance = whole if combine == "all" else 1 - whole
            best = max(best, value * chance - sum(bid.cost for bid in members))

    assert abs(JointValue(combine).clear(announcement, bids, {}, 0).welfare - best) <= 1


def test_a_rival_that_lies_costs_an_honest_worker_nothing() -> None:
    """At least one of two, V = 10: with the others' declared chances honesty stays best.

    Worker a has cost 1 and chance 0.6; b truly has 0.5 and declares 0.9, so a is not hired and
    earns 0. Judged by realised outcomes it would have been made to lose by staying honest.
    """
    unit = 1000
    announcement, bids = auction(
        [10 * unit] * 2, {"a": [(unit, 0.6), None], "b": [None, (unit, 0.5)]}
    )
    boast = [bids[0], bids[1].model_copy(update={"probability": 0.9})]
    setting = Setting(JointValue("any"), announcement)

    assert {award.worker for award in setting.clear(boast).awards} == {"b"}
    assert expected_utility(setting, boast, bids, {"a"}) == 0
    lies = misreports(bids[:1], range(0, 3001, 500), [0.6, 0.8, 1.0])
    assert regret(setting, bids, {"a"}, lies, others=boast).gain <= 0


def test_two_workers_that_are_both_needed_cost_more_than_the_whole() -> None:
    """V = 10 and a cost of 1 each, both needed: each is paid 9, together 18, more than 10."""
    announcement, bids = auction([10, 10], {"a": [(1, 1.0), None], "b": [None, (1, 1.0)]})
    awards = JointValue("all").clear(announcement, bids, {}, 0).awards

    assert [award.contract.base + award.contract.per_success for award in awards] == [9, 9]


def test_a_search_that_takes_too_long_is_refused() -> None:
    """Twelve attempts with twelve equals each leave too many teams to tell apart."""
    announcement, bids = auction(
        [10**6] * 12, {f"w{index}": [(1, 0.5)] * 12 for index in range(12)}
    )

    with pytest.raises(InexactError, match="announce fewer lots"):
        JointValue("any").clear(announcement, bids, {}, 0)


def test_eight_needed_parts_with_eight_specialists_are_solved() -> None:
    """Bounds cut the eight to the power of eight teams down to what can be tried."""
    announcement, bids = auction(
        [10**6] * 8,
        {
            f"w{index}": [(1000, 0.99 if lot == index else 0.5) for lot in range(8)]
            for index in range(8)
        },
    )
    awards = JointValue("all").clear(announcement, bids, {}, 0).awards

    assert [award.worker for award in awards] == [f"w{index}" for index in range(8)]
