"""Execution-contingent VCG with a calibration stake."""

from fractions import Fraction
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.contingent import ContingentVcg, recalibrate
from protocols.mechanism import Standing
from protocols.messages import Bid
from protocols.properties import (
    Setting,
    expected_surplus,
    expected_utility,
    misreports,
    regret,
)
from protocols.units import NANO, Money, WorkerId
from tests.protocols.auctions import Auction, auction, auctions, honest_score, quadratic

STAKED = ContingentVcg(honest_score, "quadratic", Money(6400))
PLAIN = ContingentVcg(honest_score)
EIGHTHS = [eighth / 8 for eighth in range(9)]


def variants(bid: Bid) -> st.SearchStrategy[Bid]:
    """Draw reports in the place of an honest bid, some of them right in one of the two numbers."""
    costs = st.integers(0, 10).map(lambda amount: Money(amount * 64))
    return st.builds(
        changed,
        st.just(bid),
        st.just(bid.cost) | costs,
        st.just(bid.probability) | st.sampled_from(EIGHTHS),
    )


def changed(bid: Bid, cost: Money, probability: float) -> Bid:
    """Return a bid with other numbers."""
    return bid.model_copy(update={"cost": cost, "probability": probability})


def test_the_five_seller_example() -> None:
    """Value 20, five sellers: the last wins, 15.184 on success, -4.816 on failure (Chen et al. 2026)."""
    costs = [9.0, 10.0, 12.0, 12.8, 13.8]
    chances = [1 / (1 + exp(-odds)) for odds in (-0.5, 0, 1, 2, 3)]
    announcement, bids = auction(
        [20 * NANO],
        {
            f"s{index}": [(round(cost * NANO), chance)]
            for index, (cost, chance) in enumerate(zip(costs, chances, strict=True))
        },
    )
    (award,) = PLAIN.clear(announcement, bids, {}, 0).awards

    assert award.worker == "s4"
    assert award.runner_up == "s3"
    assert round(award.contract.pay(1.0, Money(0), 0.0) / NANO, 3) == 15.184
    assert round(award.contract.pay(0.0, Money(0), 0.0) / NANO, 3) == -4.816


@pytest.mark.parametrize("mechanism", [STAKED, PLAIN])
@settings(max_examples=40)
@given(auctions(lots=1, workers=3))
def test_no_misreport_of_one_lot_gains(mechanism: ContingentVcg, drawn: Auction) -> None:
    """Over the full grid of costs and probabilities the exact gain of every lie is at most zero."""
    announcement, bids = drawn
    setting = Setting(mechanism, announcement, quadratic)
    for honest in bids:
        lies = misreports([honest], range(0, 513, 64), EIGHTHS)

        assert regret(setting, bids, {honest.worker}, lies).gain == 0


@settings(max_examples=60)
@given(auctions(lots=4, workers=4), st.data())
def test_no_misreport_of_several_lots_gains(drawn: Auction, data: st.DataObject) -> None:
    """Joint lies over several lots, with capacities, gain exactly nothing."""
    announcement, bids = drawn
    setting = Setting(STAKED, announcement, quadratic)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lie = st.tuples(*(variants(bid) for bid in honest))
        lies = data.draw(st.lists(lie, min_size=5, max_size=15))

        assert regret(setting, bids, {worker}, lies).gain == 0


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_leaving_out_lots_does_not_gain(drawn: Auction) -> None:
    """Bidding on fewer lots than one can do gains exactly nothing."""
    announcement, bids = drawn
    setting = Setting(STAKED, announcement, quadratic)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = [[bid for bid in honest if bid is not left] for left in honest]

        assert regret(setting, bids, {worker}, lies).gain == 0


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.floats(0, 1, allow_subnormal=False)),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 10**9),
    st.floats(0, 1, allow_subnormal=False),
    st.integers(0, 10**9),
)
def test_rounding_is_worth_at_most_two_nano_units(
    types: list[tuple[int, float]], cost: int, report: float, stake: int
) -> None:
    """On arbitrary amounts and probabilities no lie gains more than the rounding."""
    announcement, bids = auction([10**9], {f"w{index}": [kind] for index, kind in enumerate(types)})
    setting = Setting(ContingentVcg(honest_score, stake=Money(stake)), announcement, quadratic)
    lie = bids[0].model_copy(update={"cost": Money(cost), "probability": report})

    assert regret(setting, bids, {bids[0].worker}, [[lie]]).gain <= 2


@settings(max_examples=50)
@given(auctions(lots=1, workers=3), st.sampled_from(EIGHTHS))
def test_a_wrong_probability_of_a_won_award_costs_the_stake(drawn: Auction, report: float) -> None:
    """Winning with report p' instead of p loses exactly b (p' - p)^2; without a stake nothing."""
    announcement, bids = drawn
    for honest in bids:
        lie = honest.model_copy(update={"probability": report})
        others = [bid for bid in bids if bid.worker != honest.worker]
        for mechanism, stake in ((STAKED, 6400), (PLAIN, 0)):
            setting = Setting(mechanism, announcement, quadratic)
            told = setting.clear([*others, honest]).awards
            lied = setting.clear([*others, lie]).awards
            if all(award.worker == honest.worker for award in (*told, *lied)) and told and lied:
                loss = expected_utility(setting, bids, bids, {honest.worker}) - expected_utility(
                    setting, [*others, lie], bids, {honest.worker}
                )

                assert loss == stake * (Fraction(report) - Fraction(honest.probability)) ** 2


@settings(max_examples=60)
@given(auctions(lots=4, workers=4))
def test_taking_part_never_loses_in_expectation(drawn: Auction) -> None:
    """An honest worker's expected utility is at least zero, in all and for every single lot."""
    announcement, bids = drawn
    setting = Setting(STAKED, announcement, quadratic)
    for worker in {bid.worker for bid in bids}:
        assert expected_utility(setting, bids, bids, {worker}) >= 0
    assert all(award.score >= award.pivot for award in setting.clear(bids).awards)


@settings(max_examples=60)
@given(auctions(lots=4, workers=4))
def test_the_coordinator_never_pays_more_than_it_receives(drawn: Auction) -> None:
    """Whatever the outcomes, value less payment is the pivot less the score: never negative."""
    announcement, bids = drawn
    setting = Setting(STAKED, announcement, quadratic)
    values = {lot.task: lot.value for lot in announcement.lots}
    for award in setting.clear(bids).awards:
        for success in (0.0, 0.5, 1.0):
            score = quadratic(award.contract.report, success)

            assert award.contract.pay(success, Money(0), score) <= values[award.task] * success
    assert expected_surplus(setting, bids, bids) >= 0


@settings(max_examples=50)
@given(auctions(lots=3, workers=3, limited=False))
def test_a_winner_cannot_move_its_own_price(drawn: Auction) -> None:
    """The pivot of a winner stays where it is when it claims to be cheaper still."""
    announcement, bids = drawn
    awards = STAKED.clear(announcement, bids, {}, 0).awards
    for award in awards:
        cheaper = [
            bid.model_copy(update={"cost": Money(0)})
            if (bid.task, bid.worker) == (award.task, award.worker)
            else bid
            for bid in bids
        ]
        (again,) = (
            other
            for other in STAKED.clear(announcement, cheaper, {}, 0).awards
            if other.task == award.task
        )

        assert (again.worker, again.pivot) == (award.worker, award.pivot)


@settings(max_examples=60)
@given(auctions(lots=4, workers=4))
def test_hiding_capacity_does_not_gain(drawn: Auction) -> None:
    """A worker that claims less room than it has gains exactly nothing."""
    announcement, bids = drawn
    for member in announcement.participants:
        room = member.capacity or len(announcement.lots)
        honest = expected_utility(
            Setting(STAKED, announcement, quadratic), bids, bids, {member.worker}
        )
        for claim in range(1, room):
            claimed = announcement.model_copy(
                update={
                    "participants": tuple(
                        other.model_copy(update={"capacity": claim}) if other == member else other
                        for other in announcement.participants
                    )
                }
            )
            setting = Setting(STAKED, claimed, quadratic)

            assert expected_utility(setting, bids, bids, {member.worker}) <= honest


@settings(max_examples=60)
@given(auctions(lots=3, workers=3), st.integers(2, 1000))
def test_the_unit_of_money_does_not_matter(drawn: Auction, factor: int) -> None:
    """Multiplying every amount multiplies welfare and all gains, and nothing else changes."""
    announcement, bids = drawn
    scaled = announcement.model_copy(
        update={
            "lots": tuple(
                lot.model_copy(
                    update={"value": lot.value * factor, "reserve": lot.reserve * factor}
                )
                for lot in announcement.lots
            )
        }
    )
    dearer = [bid.model_copy(update={"cost": bid.cost * factor}) for bid in bids]
    small = PLAIN.clear(announcement, bids, {}, 1)
    large = PLAIN.clear(scaled, dearer, {}, 1)

    assert large.welfare == small.welfare * factor
    assert [(award.task, award.worker) for award in large.awards] == [
        (award.task, award.worker) for award in small.awards
    ]


@settings(max_examples=60)
@given(auctions(lots=1, workers=4))
def test_a_loser_below_its_critical_cost_wins(drawn: Auction) -> None:
    """A loser wins as soon as its score passes the winner's, and not before."""
    announcement, bids = drawn
    awards = PLAIN.clear(announcement, bids, {}, 0).awards
    for award in awards:
        for bid in bids:
            critical = round(announcement.lots[0].value * bid.probability) - award.score
            if bid.worker != award.worker and critical >= 1:
                others = [other for other in bids if other is not bid]
                for cost, wins in ((critical - 1, True), (critical + 1, False)):
                    report = bid.model_copy(update={"cost": Money(cost)})
                    (winner,) = PLAIN.clear(announcement, [*others, report], {}, 0).awards

                    assert (winner.worker == bid.worker) == wins


def test_several_lots_share_one_pivot() -> None:
    """Where a capacity binds, the parts of a worker's pivot add up to W(-i) - (W - w_i)."""
    announcement, bids = auction(
        [100, 100, 100],
        {"a": [(10, 1.0), (10, 1.0), (10, 1.0)], "b": [(40, 1.0), (30, 1.0), (50, 1.0)]},
        limits={"a": 2, "b": 1},
    )
    allocation = PLAIN.clear(announcement, bids, {}, 0)
    shares = [award.contract.base for award in allocation.awards if award.worker == "a"]

    assert allocation.welfare == 90 + 90 + 70
    # without a, b does its best lot, worth 70; with a, the others make 70 as well
    assert sum(shares) == -(70 - 70)
    assert all(award.contract.per_success == 100 for award in allocation.awards)


def test_recalibration_decides_but_does_not_pay() -> None:
    """A corrected report may lose the lot, and the contract of a winner keeps its raw report."""
    announcement, bids = auction([1000], {"sure": [(100, 0.9)], "calm": [(100, 0.8)]})
    standings = {(WorkerId("sure"), "task"): Standing(slope=0.5)}
    corrected = ContingentVcg(honest_score, forecast="recalibrated")
    (raw,) = PLAIN.clear(announcement, bids, standings, 0).awards
    (fair,) = corrected.clear(announcement, bids, standings, 0).awards

    assert (raw.worker, fair.worker) == ("sure", "calm")
    assert fair.pivot == 1000 * 0.75 - 100
    assert fair.contract.report == 0.8


def test_recalibration_gives_up_the_claim_of_truth() -> None:
    """Truth in probability holds only up to the correction, so the properties do not claim it."""
    assert PLAIN.properties.truthful == "dominant"
    assert ContingentVcg(honest_score, forecast="recalibrated").properties.truthful == "no"


@given(st.floats(0, 1), st.floats(0.01, 5), st.floats(-3, 3))
def test_recalibration_stays_a_probability(report: float, slope: float, intercept: float) -> None:
    """Every report, certainty included, is corrected to a number between 0 and 1."""
    assert 0.0 <= recalibrate(report, Standing(slope=slope, intercept=intercept)) <= 1.0
    assert recalibrate(report, Standing()) == report
