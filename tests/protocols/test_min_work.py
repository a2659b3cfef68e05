"""Min-work scheduling."""

from itertools import product

from hypothesis import given

from protocols.min_work import MinWork, makespan
from tests.protocols.auctions import Auction, auction, auctions


def test_each_task_goes_to_the_fastest_at_the_second_time() -> None:
    """Times (1, 4) and (3, 2): both are done by the faster one and paid the slower time."""
    announcement, bids = auction([9, 9], {"a": [(1, 1.0), (4, 1.0)], "b": [(3, 1.0), (2, 1.0)]})
    allocation = MinWork().clear(announcement, bids, {}, 0)

    assert [(award.worker, award.contract.base) for award in allocation.awards] == [
        ("a", 3),
        ("b", 4),
    ]
    assert allocation.mechanism == "min-work"
    assert makespan(allocation, bids) == 2


@given(auctions(lots=3, workers=3, limited=False, most=256))
def test_the_makespan_is_at_most_n_times_the_best(drawn: Auction) -> None:
    """With n workers the busiest one is at most n times as busy as in the best schedule."""
    announcement, bids = drawn
    allocation = MinWork().clear(announcement, bids, {}, 0)
    rows = [[bid for bid in bids if bid.task == lot.task] for lot in announcement.lots]
    workers = {bid.worker for bid in bids}
    best = min(
        max(
            (sum(bid.cost for bid in picks if bid.worker == worker) for worker in workers),
            default=0,
        )
        for picks in product(*(row for row in rows if row))
    )

    assert makespan(allocation, bids) <= max(len(workers), 1) * best
