"""Deposits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.contingent import ContingentVcg
from protocols.deposit import DepositVcg
from protocols.mechanism import Standing
from protocols.properties import Setting, misreports, regret
from protocols.units import Money, WorkerId
from tests.protocols.auctions import Auction, auction, auctions, honest_score, quadratic

STAKE = Money(640)
BALANCES = st.lists(st.sampled_from([0, 640, 1280, 5000]), min_size=3, max_size=3)


def standings(balances: list[int]) -> dict[tuple[WorkerId, str], Standing]:
    """Return standings of quality one half with these balances."""
    return {
        (WorkerId(f"w{index}"), "task"): Standing(balance=Money(balance))
        for index, balance in enumerate(balances)
    }


@settings(max_examples=40)
@given(auctions(lots=1, workers=3), BALANCES)
def test_no_misreport_gains(drawn: Auction, balances: list[int]) -> None:
    """Covered or not, against rivals of either kind, the truth is best up to rounding."""
    announcement, bids = drawn
    setting = Setting(
        DepositVcg(honest_score, stake=STAKE), announcement, quadratic, standings(balances)
    )
    for honest in bids:
        lies = misreports([honest], range(0, 641, 128), [0.0, 0.25, 0.5, 1.0])

        assert regret(setting, bids, {honest.worker}, lies).gain <= 4


@settings(max_examples=100)
@given(auctions(lots=3, workers=3), BALANCES)
def test_nobody_is_charged_beyond_its_balance(drawn: Auction, balances: list[int]) -> None:
    """Even if all its work fails a worker can pay what it owes."""
    announcement, bids = drawn
    known = standings(balances)
    allocation = DepositVcg(honest_score, stake=STAKE).clear(announcement, bids, known, 0)
    for index, balance in enumerate(balances):
        owed = 0
        for award in allocation.awards:
            if award.worker == f"w{index}":
                owed -= award.contract.pay(0.0, Money(0), quadratic(award.contract.report, 0.0))

        assert owed <= balance


@pytest.mark.parametrize(("room", "needed"), [(1, 1280), (2, 2560)])
def test_covered_is_who_can_pay_for_the_worst_of_all_its_lots(room: int, needed: int) -> None:
    """Two lots of 640 at a stake of 640 need 1280 for each that the capacity allows, to the unit."""
    offers = {"w0": [(0, 1.0)] * 2, "w1": [(64, 1.0)] * 2}
    announcement, bids = auction([640, 640], offers, limits={"w0": room})
    for balance, covered in ((needed - 1, False), (needed, True)):
        known = standings([balance, 0])
        awards = DepositVcg(honest_score, stake=STAKE).clear(announcement, bids, known, 0).awards
        weights = {award.contract.score_weight for award in awards if award.worker == "w0"}

        assert weights == {STAKE if covered else 0}


def test_without_limits_it_is_contingent_vcg() -> None:
    """Workers whose balance nothing limits bid on the strict rule."""
    announcement, bids = auction([640], {"a": [(64, 0.5)], "b": [(128, 0.75)]})

    assert (
        DepositVcg(honest_score, stake=STAKE).clear(announcement, bids, {}, 0).awards
        == ContingentVcg(honest_score, stake=STAKE).clear(announcement, bids, {}, 0).awards
    )


def test_a_worker_without_means_is_refused_where_so_configured() -> None:
    """With shortfall=refuse an uncovered worker cannot win."""
    announcement, bids = auction([640], {"w0": [(64, 1.0)]})
    poor = standings([0, 0, 0])
    strict = DepositVcg(honest_score, stake=STAKE, shortfall="refuse")
    lenient = DepositVcg(honest_score, stake=STAKE)

    assert not strict.clear(announcement, bids, poor, 0).awards
    assert lenient.clear(announcement, bids, poor, 0).awards[0].contract.base == 0
