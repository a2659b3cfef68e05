"""What went otherwise than agreed is counted, and nothing else."""

from orchestrator.reports.anomalies import Anomalies, Anomaly
from protocols.decommitment import Lapsed
from protocols.events import Allocated, BidsClosed, Event, Finished, RunResumed, Started
from protocols.mechanism import Allocation
from protocols.messages import Failure, NotUnderstood, Rejection, Result
from protocols.units import Money
from tests.orchestrator.small_runs import FIRST, FOR_A, T1, A, B, bid, events


def found(*listed: Event) -> list[Anomaly]:
    """Return what is found in some events."""
    anomalies = Anomalies()
    for event in listed:
        anomalies.note(event)
    return anomalies.found()


def test_an_ordinary_run_has_none() -> None:
    """A failed task is no anomaly: the worker did what was agreed."""
    assert found(*events()) == []


def test_what_is_counted() -> None:
    """Messages turned down, missing answers, awards not taken up, repeated calls, resumed runs."""
    failure = Failure(announcement=FIRST, task=T1, worker=A, reason="no room")
    listed = found(
        BidsClosed(
            announcement=FIRST,
            bids=(),
            rejections=(Rejection(announcement=FIRST, task=T1, worker=B, reason="twice"),),
            not_understood=(NotUnderstood(announcement=FIRST, worker=B, reason="what?"),),
        ),
        Finished(report=failure),
        Finished(report=failure),
        Lapsed(announcement=FIRST, task=T1, worker=A, reason="busy"),
        Started(announcement=FIRST, task=T1, worker=A, call=2),
        RunResumed(version="0", time=1),
    )
    assert [(each.worker, each.times, each.example) for each in listed] == [
        ("a", 2, "no room"),
        ("b", 1, "twice"),
        ("b", 1, "what?"),
        ("a", 1, "busy"),
        ("a", 1, "t1"),
        ("(coordinator)", 1, ""),
    ]


def test_work_that_costs_more_than_was_bid() -> None:
    """Five awards at 10 bid and 20 metered are told, four are too few to say."""

    def rounds(count: int) -> list[Event]:
        done = Result(announcement=FIRST, task=T1, worker=A, answer="", cost=Money(20))
        allocation = Allocation(
            announcement=FIRST, mechanism="vcg", awards=(FOR_A,), welfare=Money(0)
        )
        return [
            event
            for _ in range(count)
            for event in (
                BidsClosed(announcement=FIRST, bids=(bid(A, T1, 10, 0.8),)),
                Allocated(allocation=allocation),
                Finished(report=done),
            )
        ]

    assert found(*rounds(4)) == []
    (dear,) = found(*rounds(5))
    assert (dear.what, dear.times) == ("costs more than it bids", 5)
    assert dear.example == "0.0000001 metered, 0.00000005 bid"
