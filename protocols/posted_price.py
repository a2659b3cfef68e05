"""The posted price: take it or leave it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, tie_ranks
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import Offer, ScoreOf, capacities, ranked_offers
from protocols.units import Money, TaskId, WorkerId
from protocols.winner_determination import Win, conclude


@dataclass(frozen=True, slots=True)
class PostedPrice:
    """A fixed price per lot (`posted-price`).

    The workers are asked one after the other, in a seeded order that no bid can move. Each takes,
    of the lots that are left, those that earn it most at the posted price, up to its capacity and
    never at a loss. The price is paid whatever the outcome of the work.

    Guarantee: the true cost is a dominant strategy, even obviously so (Li 2017): nobody can do
    better than to take its best lots when asked. Nobody is paid less than its cost. The allocation
    need not be the cheapest.

    Args:
        price: Per lot, at most its reserve; ``None`` posts the reserve.

    Source: Li (2017); Chawla, Hartline, Malec and Sivan (2010).
    """

    price: Money | None = None

    name = "posted-price"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="exactly the posted price per lot",
        exact=False,
        assumptions=("the price does not depend on the bids",),
        source="Li 2017",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Ask the workers in their order; see the class."""
        earning, contract = at_fixed_price(self.price)
        offers = ranked_offers(announcement, bids, earning, seed)
        wins = _serve(announcement, offers, seed)
        solution = conclude(announcement, bids, offers, wins, "above-reserve")
        return solution.allocation(announcement, self.name, contract)


def at_fixed_price(price: Money | None) -> tuple[ScoreOf, Callable[[Win], Contract]]:
    """Return what a worker earns by a lot at a price, at most the reserve, and what it is paid."""

    def posted(lot: Lot) -> Money:
        return lot.reserve if price is None else min(price, lot.reserve)

    def earning(lot: Lot, bid: Bid) -> int:
        return posted(lot) - bid.cost

    def contract(win: Win) -> Contract:
        return Contract(base=posted(win.lot), report=win.bid.probability)

    return earning, contract


def _serve(announcement: Announcement, offers: dict[TaskId, list[Offer]], seed: int) -> list[Win]:
    """Let every worker in turn take its best lots of those that are left."""
    lots = {lot.task: lot for lot in announcement.lots}
    wanted: dict[WorkerId, list[Offer]] = {}
    for task in lots:
        for worth, bid in offers[task]:
            wanted.setdefault(bid.worker, []).append((worth, bid))
    limits = capacities(announcement)
    ranks = tie_ranks(seed, announcement, wanted)
    taken: dict[TaskId, Win] = {}
    for worker in sorted(wanted, key=ranks.__getitem__):
        free = [(worth, bid) for worth, bid in wanted[worker] if bid.task not in taken]
        best = sorted(free, key=lambda offer: -offer[0])[: limits.get(worker, len(lots))]
        for worth, bid in best:
            rivals = [other.worker for _, other in offers[bid.task]]
            waiting = [rival for rival in rivals if ranks[rival] > ranks[worker]]
            following = min(waiting, key=ranks.__getitem__, default=None)
            taken[bid.task] = Win(lots[bid.task], bid, worth, 0, following, bool(waiting))
    return [taken[task] for task in lots if task in taken]
