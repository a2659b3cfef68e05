"""Sortition: the lot decides, so that no report can."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import Offer, capacities, ranked_offers
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

        def posted(lot: Lot) -> Money:
            return lot.reserve if self.price is None else min(self.price, lot.reserve)

        offers = ranked_offers(announcement, bids, lambda lot, bid: posted(lot) - bid.cost, seed)
        drawn = _draw(announcement, offers, seed)
        solution = conclude(announcement, bids, offers, [win for win, _ in drawn], "above-reserve")
        allocation = solution.allocation(
            announcement,
            self.name,
            lambda win: Contract(base=posted(win.lot), report=win.bid.probability),
        )
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
    key = f"{seed}:{announcement.announcement}".encode()[:64]
    return sorted(
        set(names),
        key=lambda name: blake2b(f"{purpose}\n{name}".encode(), key=key, digest_size=16).digest(),
    )


def audited(seed: int, announcement: Announcement, names: Iterable[str], rate: float) -> list[str]:
    """Return the names that are drawn for an audit, each with the same chance.

    An audit that fines a lie by F deters it when ``rate * F`` is at least what the lie gains.

    Args:
        seed: Of the run.
        announcement: The round.
        names: Who may be audited; their reports play no part.
        rate: The chance of each, in [0, 1].
    """
    key = f"{seed}:{announcement.announcement}".encode()[:64]
    drawn: list[str] = []
    for name in sorted(set(names)):
        digest = blake2b(f"audit\n{name}".encode(), key=key, digest_size=8).digest()
        if int.from_bytes(digest, "big") < rate * 2**64:
            drawn.append(name)
    return drawn


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
