"""An auction in a file: tasks, workers and bids of people who bring their own agents."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orchestrator.config import Mechanism as MechanismChoice
from orchestrator.mechanisms import expected_score, mechanism_from
from protocols.bundles import BundleBid, ContingentBundles
from protocols.catalog import ContingentVcgSettings
from protocols.errors import MechanismError
from protocols.mechanism import Allocation, Standing
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import AnnouncementId, Money, Name, Probability, TaskId, Units, WorkerId
from workers.spec import Several, Spec

NAME: Final = AnnouncementId("auction")


class AuctionTask(Spec):
    """A task that is put up."""

    id: Annotated[Name, Field(description="Its name.")]
    kind: Annotated[Name, Field(description="The sort of work.")] = "task"
    value: Annotated[Units, Field(description="What a success is worth, in units.")]
    reserve: Annotated[
        Units | None, Field(description="The most that would be paid; the value if left out.")
    ] = None


class AuctionWorker(Spec):
    """What is known of a worker besides its bids."""

    id: Annotated[Name, Field(description="Its name.")]
    capacity: Annotated[int | None, Field(ge=1, description="The most tasks it may win.")] = None
    quality: Annotated[
        Probability, Field(description="Its estimated chance of success, for pay-per-success.")
    ] = 0.5
    balance: Annotated[
        Units | None, Field(description="What it could be charged now; no limit if left out.")
    ] = None
    least_cost: Annotated[
        Units | None, Field(description="The least its work was ever metered at, for share.")
    ] = None


class AuctionBid(Spec):
    """One worker's offer for one task."""

    task: Annotated[Name, Field(description="The task.")]
    worker: Annotated[Name, Field(description="The bidder.")]
    cost: Annotated[Units, Field(description="What the work costs the worker, in units.")]
    probability: Annotated[Probability, Field(description="Its chance of success.")] = 1.0


class AuctionBundle(Spec):
    """One worker's offer for several tasks together, all or nothing."""

    worker: Annotated[Name, Field(description="The bidder.")]
    tasks: Annotated[Several[Name], Field(min_length=1, description="The tasks.")]
    cost: Annotated[Units, Field(description="What all of the work costs the worker, in units.")]
    probabilities: Annotated[
        Several[Probability] | None, Field(description="A chance of success for each; else 1.")
    ] = None


class AuctionFile(Spec):
    """An auction: what is put up, who bids what, and by which rule it is cleared."""

    mechanism: Annotated[MechanismChoice, Field(description="The rule.")] = ContingentVcgSettings()
    seed: Annotated[int, Field(ge=0, lt=2**63, description="Decides between equals.")] = 0
    tasks: Annotated[Several[AuctionTask], Field(min_length=1, description="What is put up.")]
    workers: Annotated[
        Several[AuctionWorker], Field(description="More about workers; may be left out.")
    ] = ()
    bids: Annotated[Several[AuctionBid], Field(description="Offers for single tasks.")] = ()
    bundles: Annotated[
        Several[AuctionBundle],
        Field(description="Offers for several tasks; of each worker at most one is accepted."),
    ] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        tasks = {task.id for task in self.tasks}
        if len(tasks) < len(self.tasks):
            raise _wrong("two tasks share an id", "tasks")
        if len({worker.id for worker in self.workers}) < len(self.workers):
            raise _wrong("two workers share an id", "workers")
        if self.bundles and self.bids:
            raise _wrong("bids and bundles cannot be mixed: write a bid as a bundle of one", "bids")
        seen: set[tuple[str, str]] = set()
        for place, bid in enumerate(self.bids):
            if bid.task not in tasks:
                raise _wrong(f"there is no task {bid.task!r}", "bids", place, "task")
            if (bid.task, bid.worker) in seen:
                raise _wrong(
                    f"worker {bid.worker!r} bids twice on {bid.task!r}", "bids", place, "worker"
                )
            seen.add((bid.task, bid.worker))
        for place, bundle in enumerate(self.bundles):
            self._check_bundle(place, bundle, tasks)
        return self

    def _check_bundle(self, place: int, bundle: AuctionBundle, tasks: set[str]) -> None:
        for number, task in enumerate(bundle.tasks):
            if task not in tasks:
                raise _wrong(f"there is no task {task!r}", "bundles", place, "tasks", number)
        if bundle.probabilities is not None and len(bundle.probabilities) != len(bundle.tasks):
            raise _wrong("one probability for each task", "bundles", place, "probabilities")

    @property
    def announcement(self) -> Announcement:
        """The tasks and workers as the mechanism sees them."""
        known = {worker.id: worker for worker in self.workers}
        names = dict.fromkeys(
            [*known, *(bid.worker for bid in self.bids), *(each.worker for each in self.bundles)]
        )
        return Announcement(
            announcement=NAME,
            number=1,
            lots=tuple(
                Lot(
                    task=TaskId(task.id),
                    kind=task.kind,
                    value=task.value,
                    reserve=task.value
                    if task.reserve is None
                    else Money(min(task.value, task.reserve)),
                )
                for task in self.tasks
            ),
            participants=tuple(
                Participant(
                    worker=WorkerId(name),
                    capacity=known[name].capacity if name in known else None,
                )
                for name in names
            ),
        )

    def clear(self) -> Allocation:
        """Decide who does what under which contract.

        Raises:
            MechanismError: If the mechanism cannot clear this auction.
        """
        if self.bundles:
            return self._clear_bundles()
        bids = [
            Bid(
                announcement=NAME,
                task=TaskId(bid.task),
                worker=WorkerId(bid.worker),
                cost=bid.cost,
                probability=bid.probability,
            )
            for bid in self.bids
        ]
        kinds = {task.kind for task in self.tasks}
        standings = {
            (WorkerId(worker.id), kind): Standing(
                quality=worker.quality, balance=worker.balance, least_cost=worker.least_cost
            )
            for worker in self.workers
            for kind in kinds
        }
        _, mechanism = mechanism_from(self.mechanism.model_dump())
        return mechanism.clear(self.announcement, bids, standings, self.seed)

    def _clear_bundles(self) -> Allocation:
        settings = self.mechanism
        if not isinstance(settings, ContingentVcgSettings):
            raise MechanismError(f"{settings.name} takes no bundles; contingent-vcg does")
        rule = ContingentBundles(expected_score(settings.rule), settings.rule, settings.stake)
        bids = [
            BundleBid(
                worker=WorkerId(bundle.worker),
                tasks=tuple(TaskId(task) for task in bundle.tasks),
                cost=bundle.cost,
                probabilities=bundle.probabilities or (1.0,) * len(bundle.tasks),
            )
            for bundle in self.bundles
        ]
        return rule.clear(self.announcement, bids, self.seed)


def _wrong(message: str, *at: str | int) -> PydanticCustomError:
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "at": at})
