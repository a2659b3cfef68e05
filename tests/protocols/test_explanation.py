"""Explanations in words."""

from protocols.contingent import ContingentVcg
from protocols.contract import Contract
from protocols.decommitment import with_terms
from protocols.explanation import explain, pay_in_words
from protocols.first_price import FirstPrice
from protocols.sequential_pivot import SequentialPivot
from protocols.sortition import Sortition
from protocols.units import NANO, Money
from tests.protocols.auctions import auction, honest_score

UNIT = NANO


def test_an_award_says_why_it_won_and_what_it_pays() -> None:
    """Scores, runner-up, pivot, W and W(-i) stand in plain sentences."""
    announcement, bids = auction([20 * UNIT], {"a": [(3 * UNIT, 0.5)], "b": [(2 * UNIT, 0.25)]})
    mechanism = ContingentVcg(honest_score)
    lines = [*explain(announcement, mechanism.clear(announcement, bids, {}, 0))]

    assert lines == [
        "t0 goes to a with a score of 7; next would be b.",
        "  It is paid 20 per success, less 3 whatever happens.",
        "Without a the best would be 3 (W-i) instead of 7: its pivot is 3 and it adds 4.",
        "Together the awards score 7 (W), by contingent-vcg.",
    ]


def test_a_tie_and_an_unsold_lot_are_said() -> None:
    """Where the seed decided, or nobody won, the words say so."""
    announcement, bids = auction(
        [10 * UNIT] * 2, {"a": [(3 * UNIT, 1.0), None], "b": [(3 * UNIT, 1.0), None]}
    )
    lines = [*explain(announcement, FirstPrice().clear(announcement, bids, {}, 0))]

    assert "the seed decided" in lines[0]
    assert "t1 stays unsold: nobody bid on it." in lines


def test_fallbacks_are_numbered() -> None:
    """The second of a sequence is the first fallback."""
    announcement, bids = auction([10 * UNIT], {"a": [(1 * UNIT, 0.5)], "b": [(2 * UNIT, 0.5)]})
    lines = [*explain(announcement, SequentialPivot().clear(announcement, bids, {}, 0))]

    assert any("goes as fallback 1 to b" in line for line in lines)


def test_the_chance_of_a_draw_is_said() -> None:
    """Where lots are drawn, the sentence says with which chance this one fell to its worker."""
    announcement, bids = auction([10 * UNIT], {"a": [(UNIT, 0.5)], "b": [(UNIT, 0.5)]})
    first, *_ = explain(announcement, Sortition().clear(announcement, bids, {}, 0))

    assert "drawn with a chance of 0.5" in first


def test_what_a_withdrawal_would_cost_is_said() -> None:
    """Where the coordinator may leave for a price, the price stands beside the pay."""
    announcement, bids = auction([20 * UNIT], {"a": [(3 * UNIT, 0.5)]})
    stated = announcement.model_copy(update={"lots": with_terms(announcement.lots, 0.25)})
    lines = [*explain(stated, FirstPrice().clear(stated, bids, {}, 0))]

    assert lines[1:3] == [
        "  It is paid 3 whatever happens.",
        "  If the award is withdrawn, it gets 5 instead.",
    ]


def test_every_part_of_a_contract_is_named() -> None:
    """Success, metered cost, fixed pay and score are each said where they are paid."""
    contract = Contract(
        base=Money(UNIT),
        per_success=Money(2 * UNIT),
        cost_share=0.5,
        score_weight=Money(3 * UNIT),
        report=0.75,
    )

    assert pay_in_words(contract) == (
        "2 per success and 0.5 of its metered cost and 1 whatever happens"
        " and 3 times its quadratic score for reporting 0.75"
    )
    assert pay_in_words(Contract(report=0.5)) == "0 whatever happens"
