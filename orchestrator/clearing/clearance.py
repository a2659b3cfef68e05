"""From the file of an auction to its allocation."""

from typing import Final

from orchestrator.clearing.auction import AuctionFile
from orchestrator.mechanisms import mechanism_from
from protocols.bundle_auction import TakesBundles
from protocols.bundles import BundleBid
from protocols.catalog import TAKE_BUNDLES, TAKE_SIZES
from protocols.errors import MechanismError
from protocols.mechanism import Allocation, Standing
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.sized_auction import TakesSizes
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

NAME: Final = AnnouncementId("auction")


def announcement_of(auction: AuctionFile) -> Announcement:
    """Return the tasks and workers as the mechanism sees them."""
    capacities = {worker.id: worker.capacity for worker in auction.workers}
    bidders = [bid.worker for bid in auction.bids] + [bundle.worker for bundle in auction.bundles]
    return Announcement(
        announcement=NAME,
        number=1,
        lots=tuple(
            Lot(
                task=TaskId(task.id),
                kind=task.kind,
                value=task.value,
                reserve=Money(
                    min(task.value, task.value if task.reserve is None else task.reserve)
                ),
            )
            for task in auction.tasks
        ),
        participants=tuple(
            Participant(worker=WorkerId(name), capacity=capacities.get(name))
            for name in dict.fromkeys([*capacities, *bidders])
        ),
    )


def clear(auction: AuctionFile) -> Allocation:
    """Decide who does what under which contract.

    Raises:
        MechanismError: If the mechanism cannot clear this auction.
    """
    _, mechanism = mechanism_from(auction.mechanism.model_dump())
    announcement = announcement_of(auction)
    if auction.bundles:
        if not isinstance(mechanism, TakesBundles):
            raise _unable(mechanism.name, "bundles", TAKE_BUNDLES)
        bundles = _bundles(auction)
        return mechanism.clear_bundles(
            announcement, bundles, auction.seed, exclusive=auction.exclusive
        )
    bids, standings, sizes = _bids(auction), _standings(auction), _sizes(auction)
    if all(size == 1 for size in sizes.values()):
        return mechanism.clear(announcement, bids, standings, auction.seed)
    if not isinstance(mechanism, TakesSizes):
        raise _unable(mechanism.name, "sizes", TAKE_SIZES)
    return mechanism.clear_sized(announcement, bids, standings, auction.seed, sizes)


def _unable(name: str, what: str, able: tuple[str, ...]) -> MechanismError:
    *others, last = able
    return MechanismError(f"{name} takes no {what}; {', '.join(others)} and {last} do")


def _bids(auction: AuctionFile) -> list[Bid]:
    return [
        Bid(
            announcement=NAME,
            task=TaskId(bid.task),
            worker=WorkerId(bid.worker),
            cost=bid.cost,
            probability=bid.probability,
        )
        for bid in auction.bids
    ]


def _bundles(auction: AuctionFile) -> list[BundleBid]:
    return [
        BundleBid(
            worker=WorkerId(bundle.worker),
            tasks=tuple(TaskId(task) for task in bundle.tasks),
            cost=bundle.cost,
            probabilities=bundle.probabilities or (1.0,) * len(bundle.tasks),
        )
        for bundle in auction.bundles
    ]


def _standings(auction: AuctionFile) -> dict[tuple[WorkerId, str], Standing]:
    kinds = {task.kind for task in auction.tasks}
    return {
        (WorkerId(worker.id), kind): Standing(
            quality=worker.quality, balance=worker.balance, least_cost=worker.least_cost
        )
        for worker in auction.workers
        for kind in kinds
    }


def _sizes(auction: AuctionFile) -> dict[tuple[TaskId, WorkerId], int]:
    """Return how much of its worker's capacity each bid takes up."""
    usual = {task.id: task.size for task in auction.tasks}
    return {
        (TaskId(bid.task), WorkerId(bid.worker)): bid.size or usual[bid.task]
        for bid in auction.bids
    }
