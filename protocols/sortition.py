"""Sortition: the lot decides, so that no report can."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocols.mechanism import Allocation, Properties, Standings, tie_ranks
from protocols.messages import Announcement, Bid
from protocols.offers import Offer, capacities, ranked_offers
from protocols.posted_price import at_fixed_price
from protocols.units import Money, TaskId, WorkerId
from protocols.winner_determination import Win, conclude


@dataclass(frozen=True, slots=True)
class Sortition:
    """Random assignment at a fixed price (`sortition`).

    Each lot goes to one of the workers that would do it at the price, drawn with equal chances by a
    hash of seed, announcement, lot and name; a worker whose capacity is used up is left out. The
    price is paid whatever the outcome of the work. Every award logs its chance, the propensity, for
    estimates that weigh each outcome by how likely it was to be seen (Horvitz and Thompson 1952).
    Where a capacity binds it is the chance given the draws of the lots before it.

    Guarantee: the true cost is a dominant strategy, since a bid decides only whether one is in the
    draw; nobody is paid less than its cost. Efficiency is not attempted: a baseline, and a source
    of outcomes that no report has selected.

    Assumptions: the price does not depend on the bids; no capacity binds (else declining one lot
    may keep room for a better one); the seed is fixed before the bids.

    Args:
        price: Per lot, at most its reserve; ``None`` pays the reserve.

    Source: Bogomolnaia and Moulin (2001), on random assignment.
    """

    price: Money | None = None

    name = "sortition"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="exactly the fixed price per lot",
        exact=False,
        assumptions=(
            "the price does not depend on the bids",
            "the seed is fixed before the bids",
            "no capacity binds",
        ),
        source="Bogomolnaia and Moulin 2001",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Draw a worker for every lot; see the class."""
        earning, contract = at_fixed_price(self.price)
        offers = ranked_offers(announcement, bids, earning, seed)
        drawn = _draw(announcement, offers, seed)
        solution = conclude(announcement, bids, offers, [win for win, _ in drawn], "above-reserve")
        allocation = solution.allocation(announcement, self.name, contract)
        logged = tuple(
            award.model_copy(update={"propensity": chance})
            for award, (_, chance) in zip(allocation.awards, drawn, strict=True)
        )
        return allocation.model_copy(update={"awards": logged})


def lottery(seed: int, announcement: Announcement, purpose: str, names: Iterable[str]) -> list[str]:
    """Return names in an order drawn by hash: all orders are equally likely over seeds.

    Args:
        seed: Of the run; publish its hash before the bids to prove that it was fixed.
        announcement: The round.
        purpose: What is drawn, such as the task; different purposes give independent orders.
        names: Who takes part.
    """
    tickets = tie_ranks(seed, announcement, (f"{purpose}\n{name}" for name in names))
    return [ticket.removeprefix(f"{purpose}\n") for ticket in tickets]


def _draw(
    announcement: Announcement, offers: dict[TaskId, list[Offer]], seed: int
) -> list[tuple[Win, float]]:
    """Return who is drawn for each lot, and with which chance."""
    room = capacities(announcement)
    wins: list[tuple[Win, float]] = []
    for lot in announcement.lots:
        able = {
            bid.worker: (worth, bid)
            for worth, bid in offers[lot.task]
            if room.get(bid.worker, 1) > 0
        }
        drawn = lottery(seed, announcement, lot.task, able)
        if drawn:
            worth, bid = able[WorkerId(drawn[0])]
            following = WorkerId(drawn[1]) if len(drawn) > 1 else None
            win = Win(lot, bid, worth, 0, following, following is not None)
            wins.append((win, 1.0 / len(drawn)))
            if bid.worker in room:
                room[bid.worker] -= 1
    return wins
