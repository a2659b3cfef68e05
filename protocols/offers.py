"""Bids as offers: scored, ranked lot by lot, with the tie-break that no arrival order can move."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Literal

from protocols.errors import MechanismError
from protocols.mechanism import Unsold, UnsoldReason, tie_ranks
from protocols.messages import Announcement, Bid, Lot
from protocols.units import TaskId, WorkerId

ScoreOf = Callable[[Lot, Bid], int]
"""What a bid on a lot adds to the objective, in nano-units; negative is not worth having."""

Offer = tuple[int, Bid]
"""A bid with its score."""

Declined = Literal["above-reserve", "not-worth-it"]
"""The word for a lot whose bids all have a negative score."""


def ranked_offers(
    announcement: Announcement, bids: Sequence[Bid], score: ScoreOf, seed: int
) -> dict[TaskId, list[Offer]]:
    """Return the bids of each lot that are worth having, the best first.

    Ties for the first two places are decided by seeded rank; the order of later equals is that of
    the bids, and no rule may depend on it.

    Raises:
        MechanismError: If a bid is on a lot that is not announced.
    """
    lots = {lot.task: lot for lot in announcement.lots}
    offers: dict[TaskId, list[Offer]] = {task: [] for task in lots}
    for bid in bids:
        if bid.task not in lots:
            raise MechanismError(
                f"worker {bid.worker!r} bids on task {bid.task!r}, which is not announced"
            )
        worth = score(lots[bid.task], bid)
        if worth >= 0:
            offers[bid.task].append((worth, bid))
    ranks: dict[str, int] = {}
    for row in offers.values():
        row.sort(key=itemgetter(0), reverse=True)
        # only a tie at the top is worth the hashing: the rest neither wins nor sets a price
        if len(row) > 1 and (row[0][0] == row[1][0] or (len(row) > 2 and row[1][0] == row[2][0])):
            ranks = ranks or tie_ranks(seed, announcement, (bid.worker for bid in bids))
            row.sort(key=lambda offer: (-offer[0], ranks[offer[1].worker]))
    return offers


def capacities(announcement: Announcement) -> dict[WorkerId, int]:
    """Return the capacities of the participants that have one."""
    return {
        member.worker: member.capacity
        for member in announcement.participants
        if member.capacity is not None
    }


def refuse_overload(announcement: Announcement, winners: Iterable[WorkerId]) -> None:
    """Raise where a worker stands for more lots than its capacity.

    Raises:
        MechanismError: Naming the worker.
    """
    limits = capacities(announcement)
    for worker, held in Counter(winners).items() if limits else ():
        if held > limits.get(worker, held):
            raise MechanismError(
                f"worker {worker!r} would stand for {held} lots with a capacity of"
                f" {limits[worker]}: announce fewer lots at a time"
            )


def unsold_lots(
    announcement: Announcement,
    bids: Sequence[Bid],
    offers: Mapping[TaskId, list[Offer]],
    sold: Collection[TaskId],
    declined: Declined,
    left: UnsoldReason,
) -> tuple[Unsold, ...]:
    """Say of every lot that is not among the sold ones why it has no winner."""
    if len(sold) == len(announcement.lots):
        return ()
    wanted = {bid.task for bid in bids}

    def reason(task: TaskId) -> UnsoldReason:
        if offers[task]:
            return left
        return declined if task in wanted else "no-bids"

    return tuple(
        Unsold(task=lot.task, reason=reason(lot.task))
        for lot in announcement.lots
        if lot.task not in sold
    )
