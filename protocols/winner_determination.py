"""Who wins which lot, exactly, and what each winner's presence takes from the others.

Every mechanism here reduces to one problem: give each lot to at most one bidder, no worker more
lots than its capacity, so that the sum of integer scores is the largest. A bid with a negative
score never wins; a lot may stay unsold at score 0. The *Clarke pivot* of a winner is

    K_i = W(-i) - (W - w_i)

with W the optimum, W(-i) the optimum without worker i, and w_i what i itself contributes to W.
K_i lies between 0 and w_i: it is what the others could make of the lots that i takes (Clarke
1971; Green and Laffont 1979).

Where no capacity can bind, neither in W nor in any W(-i), every lot is decided alone: the best bid
wins and the second best is the pivot. Otherwise the lots are coupled and an exact solver decides.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from protocols import augmentation, dense
from protocols.contract import Contract
from protocols.errors import InexactError, MechanismError
from protocols.market import Market
from protocols.mechanism import Allocation, Unsold, UnsoldReason, tie_ranks
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.offers import (
    Declined,
    Offer,
    ScoreOf,
    capacities,
    ranked_offers,
    unsold_lots,
)
from protocols.units import LARGEST, Money, TaskId, WorkerId

SMALL = 2_000
"""Up to this many bids plain Python takes at most some 25 ms and need not load scipy, which takes
hundreds, once. Where it is loaded, the vectorised solver is the faster one from some hundred bids; the
answers are equal (``python -m benchmarks.assignment``)."""


class Win(NamedTuple):
    """One lot and its winner.

    Attributes:
        lot: The lot.
        bid: The bid that wins it.
        score: What the bid adds to the objective.
        pivot: The worker's Clarke pivot; of a worker with several lots, this lot's share of it.
        runner_up: Who would win the lot next, if it were the only lot.
        tied: Whether the optimum can be had without this worker, so that the tie-break decided.
    """

    lot: Lot
    bid: Bid
    score: int
    pivot: int
    runner_up: WorkerId | None
    tied: bool


class Solution(NamedTuple):
    """The optimum.

    Attributes:
        wins: In the order of the lots.
        unsold: The lots without a winner.
        welfare: The sum of the scores that win.
    """

    wins: tuple[Win, ...]
    unsold: tuple[Unsold, ...]
    welfare: int

    def allocation(
        self, announcement: Announcement, mechanism: str, contract: Callable[[Win], Contract]
    ) -> Allocation:
        """Turn every win into an award with its contract.

        Raises:
            InexactError: If the welfare is beyond a million units.
        """
        if self.welfare > LARGEST:
            raise InexactError(
                f"the awards add up to {self.welfare} nano-units, beyond a million units: announce"
                " fewer tasks at a time"
            )
        identity = announcement.announcement
        return Allocation(
            announcement=identity,
            mechanism=mechanism,
            awards=tuple(
                Award(
                    announcement=identity,
                    task=win.lot.task,
                    worker=win.bid.worker,
                    contract=contract(win),
                    score=Money(win.score),
                    pivot=Money(win.pivot),
                    runner_up=win.runner_up,
                    tied=win.tied,
                )
                for win in self.wins
            ),
            unsold=self.unsold,
            welfare=Money(self.welfare),
        )


def determine_winners(
    announcement: Announcement,
    bids: Sequence[Bid],
    score: ScoreOf,
    seed: int,
    declined: Declined = "not-worth-it",
) -> Solution:
    """Solve winner determination exactly and return every winner's Clarke pivot.

    Equal scores are decided by a rank hashed from the seed and the worker's name, so the order in
    which bids arrive does not matter. The utility ``score - pivot`` of a worker, summed over its
    lots, does not depend on the tie-break at all. The pivot of a worker with several lots is
    shared among them in proportion to their scores, so no lot costs it more than it is worth.

    Args:
        announcement: The lots and the capacities of the participants.
        bids: At most one per worker and lot.
        score: What a bid adds to the objective.
        seed: Decides between equals.
        declined: The word for a lot whose bids all have a negative score.

    Raises:
        MechanismError: If a bid is on a lot that is not announced.
        InexactError: If the numbers are too large for a certain optimum.
    """
    offers = ranked_offers(announcement, bids, score, seed)
    limits = capacities(announcement)
    wins = separate_wins(announcement, offers)
    if limits and may_bind(wins, limits):
        wins = _coupled_wins(announcement, offers, limits, seed)
    return conclude(announcement, bids, offers, wins, declined)


def determine_separately(
    announcement: Announcement,
    bids: Sequence[Bid],
    score: ScoreOf,
    seed: int,
    declined: Declined = "not-worth-it",
) -> Solution:
    """Give every lot alone to its best bid: for rules whose payments hold for a single lot only.

    Raises:
        MechanismError: If a bid is on a lot that is not announced, or a capacity binds.
    """
    offers = ranked_offers(announcement, bids, score, seed)
    wins = separate_wins(announcement, offers)
    if may_bind(wins, capacities(announcement)):
        raise MechanismError(
            "a worker could win more lots than its capacity, and auctions of one lot each are not"
            " truthful then: announce fewer lots, or use the mechanism vcg or contingent-vcg"
        )
    return conclude(announcement, bids, offers, wins, declined)


def conclude(
    announcement: Announcement,
    bids: Sequence[Bid],
    offers: Mapping[TaskId, list[Offer]],
    wins: Sequence[Win],
    declined: Declined,
    left: UnsoldReason = "capacity",
) -> Solution:
    """Complete wins, given in the order of the lots, by the lots that are left and the welfare.

    Args:
        announcement: The lots.
        bids: All of them.
        offers: Those that are worth having.
        wins: The lots that are sold.
        declined: The word for a lot without an offer that was bid on.
        left: The word for a lot that is not sold although it has an offer.
    """
    sold = {win.lot.task for win in wins}
    unsold = unsold_lots(announcement, bids, offers, sold, declined, left)
    return Solution(tuple(wins), unsold, sum(win.score for win in wins))


def in_order(announcement: Announcement, wins: Iterable[Win], unsold: Iterable[Unsold]) -> Solution:
    """Put wins and unsold lots that were found group by group in the order of the lots."""
    place = {lot.task: index for index, lot in enumerate(announcement.lots)}
    ordered = tuple(sorted(wins, key=lambda win: place[win.lot.task]))
    left = tuple(sorted(unsold, key=lambda lot: place[lot.task]))
    return Solution(ordered, left, sum(win.score for win in ordered))


def separate_wins(announcement: Announcement, offers: Mapping[TaskId, list[Offer]]) -> list[Win]:
    """Decide every lot alone: the best offer wins and the second best is its pivot."""
    wins: list[Win] = []
    for lot in announcement.lots:
        row = offers[lot.task]
        if not row:
            continue
        worth, bid = row[0]
        if len(row) > 1:
            second, other = row[1]
            wins.append(Win(lot, bid, worth, second, other.worker, worth == second))
        else:
            wins.append(Win(lot, bid, worth, 0, None, False))
    return wins


def may_bind(wins: Sequence[Win], limits: Mapping[WorkerId, int]) -> bool:
    """Return whether a capacity binds once every lot goes to its best bidder or a runner-up.

    Removing worker i hands its lots to their runners-up and changes nothing else, so it is enough
    to look at what every other worker would then hold.
    """
    held = Counter(win.bid.worker for win in wins)
    if any(held[worker] > limit for worker, limit in limits.items()):
        return True
    inherited = Counter((win.bid.worker, win.runner_up) for win in wins if win.runner_up in limits)
    return any(
        heir is not None and held[heir] + count > limits[heir]
        for (_, heir), count in inherited.items()
    )


def _coupled_wins(
    announcement: Announcement,
    offers: Mapping[TaskId, list[Offer]],
    limits: Mapping[WorkerId, int],
    seed: int,
) -> list[Win]:
    """Solve the lots together, each worker up to its capacity."""
    lots = announcement.lots
    ranks = tie_ranks(seed, announcement, (bid.worker for row in offers.values() for _, bid in row))
    workers = sorted((WorkerId(name) for name in ranks), key=ranks.__getitem__)
    # what the solver minimises is the score with its sign turned; staying unsold costs nothing
    market = Market(
        tasks=tuple(lot.task for lot in lots),
        workers=tuple(workers),
        costs=tuple({ranks[bid.worker]: -worth for worth, bid in offers[lot.task]} for lot in lots),
        outside=(0,) * len(lots),
        capacities=tuple(min(limits.get(worker, len(lots)), len(lots)) for worker in workers),
    )
    pairs = sum(len(row) for row in market.costs)
    solved = (augmentation if pairs <= SMALL else dense).assign(market)
    pivots = {workers[index]: -price for index, price in solved.prices.items()}
    winners = [None if index is None else workers[index] for index in solved.holders]
    return priced(lots, offers, winners, pivots)


def priced(
    lots: Sequence[Lot],
    offers: Mapping[TaskId, list[Offer]],
    winners: Sequence[WorkerId | None],
    pivots: Mapping[WorkerId, int],
) -> list[Win]:
    """Share each winner's pivot among its lots in proportion to their scores."""
    won: dict[WorkerId, list[tuple[Lot, Offer]]] = {}
    for lot, winner in zip(lots, winners, strict=True):
        if winner is not None:
            offer = next(offer for offer in offers[lot.task] if offer[1].worker == winner)
            won.setdefault(winner, []).append((lot, offer))
    wins: dict[TaskId, Win] = {}
    for winner, parts in won.items():
        scores = [worth for _, (worth, _) in parts]
        pivot = pivots[winner]
        tied = pivot == sum(scores)
        for (lot, (worth, bid)), share in zip(parts, split(pivot, scores), strict=True):
            rivals = (other.worker for _, other in offers[lot.task] if other.worker != winner)
            wins[lot.task] = Win(lot, bid, worth, share, next(rivals, None), tied)
    return [wins[lot.task] for lot in lots if lot.task in wins]


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split an integer in proportion to weights; the parts add up to it exactly.

    >>> split(10, [1, 1, 1])
    [3, 3, 4]
    """
    whole = sum(weights)
    if not whole:
        return [total] + [0] * (len(weights) - 1)
    cuts = [total * running // whole for running in accumulate(weights)]
    return [after - before for before, after in pairwise([0, *cuts])]
