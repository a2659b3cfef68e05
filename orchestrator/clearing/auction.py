"""An auction in a file: tasks, workers and bids of people who bring their own agents."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orchestrator.config import Mechanism as MechanismChoice
from protocols.catalog import ContingentVcgSettings
from protocols.units import Name, Printable, Probability, Units
from workers.spec import Several, Spec

Size = Annotated[int, Field(ge=1, le=10**9)]


class AuctionTask(Spec):
    """A task that is put up."""

    id: Annotated[str, Printable, Field(description="Its name.")]
    kind: Annotated[Name, Field(description="The sort of work.")] = "task"
    value: Annotated[Units, Field(description="What a success is worth, in units.")]
    reserve: Annotated[
        Units | None, Field(description="The most that would be paid; the value if left out.")
    ] = None
    size: Annotated[Size, Field(description="How much of a worker's capacity it takes up.")] = 1


class AuctionWorker(Spec):
    """What is known of a worker besides its bids."""

    id: Annotated[str, Printable, Field(description="Its name.")]
    capacity: Annotated[
        Size | None, Field(description="The most tasks it may win; of sizes, their largest sum.")
    ] = None
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

    task: Annotated[str, Printable, Field(description="The task.")]
    worker: Annotated[str, Printable, Field(description="The bidder.")]
    cost: Annotated[Units, Field(description="What the work costs the worker, in units.")]
    probability: Annotated[Probability, Field(description="Its chance of success.")] = 1.0
    size: Annotated[
        Size | None, Field(description="The size for this worker; that of the task if left out.")
    ] = None


class AuctionBundle(Spec):
    """One worker's offer for several tasks together, all or nothing."""

    worker: Annotated[str, Printable, Field(description="The bidder.")]
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
        Field(description="Offers for several tasks together, instead of bids."),
    ] = ()
    exclusive: Annotated[
        bool, Field(description="Whether a worker wins at most one of its bundles, or any number.")
    ] = True

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        tasks = {task.id for task in self.tasks}
        if len(tasks) < len(self.tasks):
            raise _wrong("two tasks share an id", "tasks")
        if len({worker.id for worker in self.workers}) < len(self.workers):
            raise _wrong("two workers share an id", "workers")
        if self.bundles and self.bids:
            raise _wrong("bids and bundles cannot be mixed: write a bid as a bundle of one", "bids")
        if self.bundles and any(worker.capacity is not None for worker in self.workers):
            raise _wrong("bundles say what a worker can take: leave capacity out", "workers")
        self._check_bids(tasks)
        for place, bundle in enumerate(self.bundles):
            self._check_bundle(place, bundle, tasks)
        return self

    def _check_bids(self, tasks: set[str]) -> None:
        seen: set[tuple[str, str]] = set()
        for place, bid in enumerate(self.bids):
            if bid.task not in tasks:
                raise _wrong(f"there is no task {bid.task!r}", "bids", place, "task")
            if (bid.task, bid.worker) in seen:
                raise _wrong(
                    f"worker {bid.worker!r} bids twice on {bid.task!r}", "bids", place, "worker"
                )
            seen.add((bid.task, bid.worker))

    def _check_bundle(self, place: int, bundle: AuctionBundle, tasks: set[str]) -> None:
        for number, task in enumerate(bundle.tasks):
            if task not in tasks:
                raise _wrong(f"there is no task {task!r}", "bundles", place, "tasks", number)
            if task in bundle.tasks[:number]:
                raise _wrong(
                    f"worker {bundle.worker!r} names {task!r} twice",
                    *("bundles", place, "tasks", number),
                )
        if bundle.probabilities is not None and len(bundle.probabilities) != len(bundle.tasks):
            raise _wrong("one probability for each task", "bundles", place, "probabilities")


def _wrong(message: str, *at: str | int) -> PydanticCustomError:
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "at": at})
