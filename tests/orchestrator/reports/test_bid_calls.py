"""Paid questions are counted, and so are those that were not asked."""

from orchestrator.reports.bid_calls import BidCalls
from protocols.events import BidsClosed
from protocols.units import Money
from tests.orchestrator.small_runs import FIRST, T1, T2, A, B, bid
from workers.bidding.source import spared


def counted(*charges: int, spare: int = 0) -> BidCalls:
    """Return the counts of some paid bids of a, and of some that were spared."""
    calls = BidCalls()
    bids = [bid(A, T1, 1, 0.5).model_copy(update={"charge": Money(each)}) for each in charges]
    bids += [bid(A, T2, 1, 0.5).model_copy(update={"source": spared("ask")})] * spare
    calls.note(BidsClosed(announcement=FIRST, bids=(*bids, bid(B, T1, 1, 0.5))))
    return calls


def test_what_was_saved_is_worth_the_mean_price() -> None:
    """Two questions at 2 and 4, three spared: about 9 saved."""
    calls = counted(2_000_000, 4_000_000, spare=3)
    assert calls.workers[A].saved == 9_000_000
    assert calls.sentence("USD") == (
        "2 bids took a paid question to a model, 0.006 USD in all. 3 of 5 paid questions were not"
        " asked, as no answer could have changed what is done, about 0.009 USD at each worker's mean"
        " price."
    )


def test_nothing_paid_nothing_said() -> None:
    """Bids that cost nothing are not worth a sentence."""
    assert counted().sentence("USD") is None
    assert "None could be spared" in str(counted(5).sentence("USD"))
