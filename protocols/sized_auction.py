"""Lots that take up different parts of a worker's capacity: the winners and their Clarke pivots."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from protocols.generalised_assignment import Pair, assign_sized
from protocols.mechanism import Allocation, Standings, tie_ranks
from protocols.messages import Announcement, Bid
from protocols.offers import Declined, ScoreOf, capacities, ranked_offers
from protocols.units import TaskId, WorkerId
from protocols.winner_determination import Solution, conclude, priced


@runtime_checkable
class TakesSizes(Protocol):
    """A mechanism that also clears lots that take up different parts of a capacity."""

    def clear_sized(
        self,
        announcement: Announcement,
        bids: Sequence[Bid],
        standings: Standings,
        seed: int,
        sizes: Mapping[tuple[TaskId, WorkerId], int],
    ) -> Allocation:
        """Decide who does which lot under which contract.

        Args:
            announcement: The lots and the participants; a capacity is a sum of sizes.
            bids: At most one per worker and lot.
            standings: A snapshot of what is known of the workers.
            seed: Decides between equals.
            sizes: How much of the worker's capacity a lot takes up; 1 where it is not named.

        Raises:
            MechanismError: If a bid is on a lot that is not announced.
            InexactError: If no optimum is proven.
        """
        ...


def determine_sized(
    announcement: Announcement,
    bids: Sequence[Bid],
    score: ScoreOf,
    seed: int,
    sizes: Mapping[tuple[TaskId, WorkerId], int],
    declined: Declined,
) -> Solution:
    """Solve winner determination where the sizes of a worker's lots must fit its capacity.

    The generalised assignment problem, solved exactly, with every winner's Clarke pivot; as in
    ``determine_winners`` a pivot is shared among a worker's lots in proportion to their scores.
    Sizes and capacities are facts and not reports: a worker gains nothing by claiming less room,
    and one that claims more than it has is awarded work that it cannot do.

    Args:
        announcement: The lots and the capacities of the participants.
        bids: At most one per worker and lot.
        score: What a bid adds to the objective.
        seed: Decides between equals.
        sizes: By lot and worker; 1 where the pair is not named.
        declined: The word for a lot whose bids all have a negative score.

    Raises:
        MechanismError: If a bid is on a lot that is not announced.
        InexactError: If no optimum is proven.
    """
    offers = ranked_offers(announcement, bids, score, seed)
    ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
    pairs = [
        Pair(task, bid.worker, worth, sizes.get((task, bid.worker), 1))
        for task, row in offers.items()
        for worth, bid in sorted(row, key=lambda offer: ranks[offer[1].worker])
    ]
    rooms: dict[str, int] = {}
    for pair in pairs:  # who has no limit has room for all that it bids on
        rooms[pair.worker] = rooms.get(pair.worker, 0) + pair.size
    rooms |= {str(worker): room for worker, room in capacities(announcement).items()}
    found = assign_sized(pairs, rooms)
    winner = {TaskId(pair.task): WorkerId(pair.worker) for pair in found.pairs}
    pivots = {WorkerId(worker): pivot for worker, pivot in found.pivots.items()}
    winners = [winner.get(lot.task) for lot in announcement.lots]
    wins = priced(announcement.lots, offers, winners, pivots)
    return conclude(announcement, bids, offers, wins, declined)
