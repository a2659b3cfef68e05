"""Auctions in words, for the hand-made run."""

import pytest

from orchestrator.reports.story import Call, Story
from orchestrator.reports.telling import MOST_BIDS, WHY, Told, tell
from protocols.catalog import MECHANISMS
from protocols.contract import Contract
from protocols.messages import Bid, Failure
from protocols.units import Money, WorkerId
from tests.orchestrator.reports.test_story import stories
from tests.orchestrator.small_runs import FIRST, FOR_A, FOR_B, T1, A, B, bid, lot


def told(place: int, mechanism: str = "contingent-vcg") -> Told:
    """Return an auction of the small run in words: 0 unsold, 1 failed, 2 solved."""
    return tell(stories()[place], mechanism, "USD")


def test_an_auction_from_bid_to_payment() -> None:
    """Who won and why, the contract and what it comes to, the outcome and the payment."""
    auction = told(2)
    assert auction.title == "t1 (task): a"
    assert [(row.worker, row.chance, row.won) for row in auction.bids] == [
        ("a", "80.0 %", True),
        ("b", "50.0 %", False),
    ]
    assert [row.gain for row in auction.bids] == ["0.00000007", "0.00000003"]
    words = " ".join(auction.sentences)
    assert "2 bids came, 0 declined." in words
    assert "a won: its bid promised most (value x chance - cost + stake x expected score)" in words
    assert "the pivot, is 0.00000004 USD" in words
    assert "Alone on this task, the next would have been b." in words
    assert (
        "pay = -0.00000004 + 0.00000010 x success + 0.00000010 x quadratic score of 0.8, so"
        " 0.000000056 on success and -0.000000104 on failure." in words
    )
    assert (
        "a answered, at a metered cost of 0.000000012 USD. The verifier exact says right." in words
    )
    assert "It was paid 0.000000056 USD, which is 0.000000044 after its cost" in words


def test_a_failed_one_says_what_went_wrong() -> None:
    """A tie and a wrong answer are said; the flat pay of a contract needs no report."""
    words = " ".join(told(1).sentences)
    assert "the seeded tie-break decided" in words
    assert "The verifier exact says wrong." in words
    assert "pay = 0.00000003, so 0.00000003 on success and 0.00000003 on failure" in words


def test_an_unsold_one_says_why() -> None:
    """Nobody won the second announcement of t2, from which its failed worker was kept out."""
    auction = told(0)
    assert auction.title == "t2 (task): nobody"
    words = " ".join(auction.sentences)
    assert "Attempt 2, after a failure in a1; not asked again: b." in words
    assert "Nobody won: there was no bid." in words


@pytest.mark.parametrize(
    ("mechanism", "why"),
    [("vickrey", "it asked for least"), ("my-rule", "the rule my-rule ranked its bid first")],
)
def test_other_mechanisms_have_other_reasons(mechanism: str, why: str) -> None:
    """The reason follows the rule, also one that was given in code."""
    assert any(f"won: {why};" in sentence for sentence in told(2, mechanism).sentences)


def test_every_mechanism_has_a_reason() -> None:
    """Whatever a configuration can ask for, the report can say why a bid won."""
    assert WHY.keys() == MECHANISMS.keys()


def test_what_a_worker_owes() -> None:
    """A payment below zero is a debt, and a failure says its reason."""
    contract = Contract(base=Money(-40), cost_share=0.5, report=0.8)
    award = FOR_A.model_copy(update={"contract": contract})
    report = Failure(announcement=FIRST, task=T1, worker=A, reason="gave\x1b[2Jup", cost=Money(10))
    settled = stories()[2].calls[A].settlement
    assert settled is not None
    owed = settled.model_copy(update={"payment": Money(-35), "cost": Money(10)})
    story = Story(FIRST, lot(T1), calls={A: Call(award, report, None, owed)})
    words = " ".join(tell(story, "contingent-vcg", "USD").sentences)
    assert "+ 0.5 x metered cost" in words
    assert "before the refund of cost" in words
    assert "gave no answer (gave�[2Jup)" in words
    assert "It owed 0.000000035 USD, which is -0.000000045 after its cost" in words


def test_unfunded_fallback_and_unsettled() -> None:
    """Awards without budget, fallbacks and work without an outcome are told as such."""
    fallback = FOR_B.model_copy(update={"task": T1, "rank": 1})
    calls = {A: Call(FOR_A, unsettled="no verifier"), B: Call(fallback)}
    story = Story(FIRST, lot(T1), unfunded=True, rejected=2, calls=calls)
    words = " ".join(tell(story, "contingent-vcg", "USD").sentences)
    assert "The budget had no room for it" in words
    assert "b won as fallback 1" in words
    assert "No outcome, so nothing was settled: no verifier." in words
    assert "2 were turned down" in words


def test_many_bids_are_counted() -> None:
    """Only the most promising bids are listed."""
    bids: list[Bid] = [bid(WorkerId(f"w{n}"), T1, n, 0.5) for n in range(MOST_BIDS + 5)]
    auction = tell(Story(FIRST, lot(T1), bids=tuple(bids)), "vcg", "USD")
    assert (len(auction.bids), auction.more_bids) == (MOST_BIDS, 5)
    assert auction.bids[0].worker == "w0"
