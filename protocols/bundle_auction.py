"""Auctions of bundles: winners and contracts where a bid is one price for several tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from protocols.bundles import BundleBid, Package, Packages, solve_packages
from protocols.contract import Contract
from protocols.errors import MechanismError
from protocols.mechanism import Allocation, Unsold, tie_ranks
from protocols.messages import Announcement, Award, Lot
from protocols.offers import Declined
from protocols.units import Money, Name, Probability, TaskId, WorkerId
from protocols.winner_determination import split


@runtime_checkable
class TakesBundles(Protocol):
    """A mechanism that also clears bids on bundles."""

    def clear_bundles(
        self, announcement: Announcement, bids: Sequence[BundleBid], seed: int, *, exclusive: bool
    ) -> Allocation:
        """Decide who does which bundle under which contracts.

        Args:
            announcement: The lots.
            bids: The bundles; a worker may bid on any number of them.
            seed: Decides between equals.
            exclusive: Whether a worker wins at most one of its bundles (XOR) or any number (OR).

        Raises:
            MechanismError: If a bundle is malformed, or the mechanism takes no OR of bundles.
            InexactError: If no optimum is proven.
        """
        ...


@dataclass(frozen=True, slots=True)
class BundleAuction:
    """What the mechanisms that take bundles have in common: only worth and price differ.

    A bundle scores the sum of its tasks' worths less its cost. The feasible set of bundles with
    the largest sum wins. Each winner has one pivot, the price side of its contracts, which is
    shared among its tasks in proportion to ``weight``; the parts add up to it exactly.

    Attributes:
        name: The mechanism's.
        worth: What a task adds when done with this probability, before the cost, in nano-units.
        weight: Of a task, for sharing cost and pivot among the tasks of a worker; never negative.
        contract: What a task pays, from the reported probability and its share of the pivot.
        declined: The word for a task on which all bids were in vain.
        exclusive: Whether a worker wins at most one of its bundles (XOR) or any number (OR).
        solve: Finds the best packages with the pivot of every winner; by Clarke if left out.
    """

    name: Name
    worth: Callable[[Lot, Probability], int]
    weight: Callable[[Lot], int]
    contract: Callable[[Lot, Probability, Money], Contract]
    declined: Declined
    exclusive: bool = True
    solve: Callable[[Sequence[Package]], Packages] | None = None

    def clear(self, announcement: Announcement, bids: Sequence[BundleBid], seed: int) -> Allocation:
        """Decide who does which bundle under which contracts.

        Equal sums are decided by a hash of seed and name, never by the order of the bids.

        Raises:
            MechanismError: If a bid names a task that is not announced, or one task twice.
            InexactError: If no optimum is proven.
        """
        lots = {lot.task: lot for lot in announcement.lots}
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        order = sorted(bids, key=lambda bid: (ranks[bid.worker], bid.tasks, bid.cost))
        for bid in order:
            _check(bid, lots)
        solve = self.solve or partial(solve_packages, exclusive=self.exclusive)
        solved = solve([self._package(lots, bid) for bid in order])
        won: dict[WorkerId, list[BundleBid]] = {}
        for place in solved.chosen:
            won.setdefault(order[place].worker, []).append(order[place])
        awards = {
            award.task: award
            for worker, own in won.items()
            for award in self._awards(announcement, lots, own, solved.pivots[worker])
        }
        wanted = {task for bid in bids for task in bid.tasks}
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards[task] for task in lots if task in awards),
            unsold=tuple(
                Unsold(task=task, reason=self.declined if task in wanted else "no-bids")
                for task in lots
                if task not in awards
            ),
            welfare=Money(solved.welfare),
        )

    def _package(self, lots: Mapping[TaskId, Lot], bid: BundleBid) -> Package:
        worths = map(self.worth, (lots[task] for task in bid.tasks), bid.probabilities)
        return Package(bid.worker, frozenset(bid.tasks), sum(worths) - bid.cost)

    def _awards(
        self,
        announcement: Announcement,
        lots: Mapping[TaskId, Lot],
        own: Sequence[BundleBid],
        pivot: int,
    ) -> list[Award]:
        """Return the awards of one winner, whose cost and pivot are shared among its tasks."""
        parts = [
            (bid.worker, lots[task], chance, cost)
            for bid in own
            for task, chance, cost in zip(
                bid.tasks,
                bid.probabilities,
                split(bid.cost, [self.weight(lots[task]) for task in bid.tasks]),
                strict=True,
            )
        ]
        shares = split(pivot, [self.weight(lot) for _, lot, _, _ in parts])
        return [
            Award(
                announcement=announcement.announcement,
                task=lot.task,
                worker=worker,
                contract=self.contract(lot, chance, Money(share)),
                score=Money(self.worth(lot, chance) - cost),
                pivot=Money(share),
            )
            for (worker, lot, chance, cost), share in zip(parts, shares, strict=True)
        ]


def _check(bid: BundleBid, lots: Mapping[TaskId, Lot]) -> None:
    for task in bid.tasks:
        if task not in lots:
            raise MechanismError(
                f"worker {bid.worker!r} bids on task {task!r}, which is not announced"
            )
    if len(set(bid.tasks)) != len(bid.tasks) or len(bid.tasks) != len(bid.probabilities):
        raise MechanismError(
            f"worker {bid.worker!r}: a bundle names each task once, with one probability each"
        )
