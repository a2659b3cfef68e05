"""The uniform-price auction: units of one good, all bought at one price."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.mechanism import Allocation, Properties, Standings, Unsold, UnsoldReason, tie_ranks
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import refuse_overload
from protocols.units import Money, TaskId, WorkerId
from protocols.vcg import paid_for_the_work
from protocols.winner_determination import Win, in_order


class Supplier(NamedTuple):
    """A worker that would do any one lot of a group.

    Attributes:
        ask: The most that it asked for any of them.
        worker: The worker.
        bids: Its bids on the group by task.
    """

    ask: Money
    worker: WorkerId
    bids: dict[TaskId, Bid]


class UniformPrice:
    """The uniform (k+1)-price auction (`uniform`).

    Lots of the same kind, value and reserve are units of one good. A worker supplies one unit per
    group if it bids on every lot of it, and asks the most that it asks for any of them. The k
    lowest asks win one unit each and are all paid the (k+1)-th lowest, or the reserve.

    Guarantee: the true cost is a dominant strategy for workers that can supply one unit, nobody is
    paid less than it asked, and the units are done at the least cost. A worker that could supply
    several units gets one; use ``vcg`` for such markets.

    Assumptions: a worker's cost is the same for every unit of a group; private costs; the reserve
    does not depend on the bids; no collusion, one name per worker.

    Source: Vickrey (1961); Krishna (2010).
    """

    name = "uniform"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=True,
        assumptions=(
            "private costs",
            "one unit per worker, at the same cost for every lot of a kind",
            "the reserve does not depend on the bids",
            "no collusion, one name per worker",
        ),
        source="Vickrey 1961",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every group of equal lots; see the class.

        Raises:
            MechanismError: If a worker would win in more groups than its capacity.
        """
        wins: list[Win] = []
        unsold: list[Unsold] = []
        for lots in groups(announcement):
            ranked = suppliers(announcement, lots, bids, seed)
            reserve = lots[0].reserve
            willing = [supplier for supplier in ranked if supplier.ask <= reserve]
            price = willing[len(lots)].ask if len(willing) > len(lots) else reserve
            wins += units(lots, willing, price)
            reason: UnsoldReason = (
                "capacity" if willing else "above-reserve" if ranked else "no-bids"
            )
            unsold += [Unsold(task=lot.task, reason=reason) for lot in lots[len(willing) :]]
        refuse_overload(announcement, (win.bid.worker for win in wins))
        solution = in_order(announcement, wins, unsold)
        return solution.allocation(announcement, self.name, paid_for_the_work)


def groups(announcement: Announcement) -> list[list[Lot]]:
    """Return the lots in groups of equal kind, value and reserve, each in its order."""
    found: dict[tuple[str, int, int], list[Lot]] = {}
    for lot in announcement.lots:
        found.setdefault((lot.kind, lot.value, lot.reserve), []).append(lot)
    return [*found.values()]


def suppliers(
    announcement: Announcement, lots: Sequence[Lot], bids: Sequence[Bid], seed: int
) -> list[Supplier]:
    """Return the workers that would do any of some lots, the lowest ask first, ties by rank."""
    tasks = {lot.task for lot in lots}
    by_worker: dict[WorkerId, dict[TaskId, Bid]] = {}
    for bid in bids:
        if bid.task in tasks:
            by_worker.setdefault(bid.worker, {})[bid.task] = bid
    ranks = tie_ranks(seed, announcement, by_worker)
    able = [
        Supplier(max(bid.cost for bid in row.values()), worker, row)
        for worker, row in by_worker.items()
        if len(row) == len(tasks)
    ]
    return sorted(able, key=lambda supplier: (supplier.ask, ranks[supplier.worker]))


def units(lots: Sequence[Lot], willing: Sequence[Supplier], price: Money) -> list[Win]:
    """Give the lots in their order to the suppliers in theirs, all at one price."""
    following = willing[len(lots)] if len(willing) > len(lots) else None
    return [
        Win(
            lot=lot,
            bid=supplier.bids[lot.task],
            score=lot.reserve - supplier.ask,
            pivot=lot.reserve - price,
            runner_up=following.worker if following else None,
            tied=following is not None and following.ask == supplier.ask,
        )
        for lot, supplier in zip(lots, willing, strict=False)
    ]
