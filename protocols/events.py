"""What happened: the events that the journal stores, one at every arrow of the line.

Each event is frozen and tagged with a literal word, so a renamed class does not break the past.
An event that moves money carries the transfers itself: the ledger is a fold over events. Its key
is made from what happened and not from when, so the same thing cannot be recorded twice.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from protocols.consultation import Compared, Consulted
from protocols.contract import Settlement, Transfer
from protocols.decommitment import Cancelled, Lapsed, Withdrawn
from protocols.forking import Forked
from protocols.frozen import Frozen
from protocols.guarding import Guarded
from protocols.mechanism import Allocation
from protocols.messages import (
    Announcement,
    Bid,
    Failure,
    Lot,
    NotUnderstood,
    Outcome,
    Participant,
    Refusal,
    Rejection,
    Result,
)
from protocols.peer_scores import PeerAnswer, PeerStanding
from protocols.planning import PlanAnswered, PlanAsked
from protocols.quarantine import Quarantined
from protocols.stopping import SetAside
from protocols.units import (
    Amount,
    AnnouncementId,
    Money,
    Name,
    Probability,
    TaskId,
    WorkerId,
)


class RunOpened(Frozen):
    """The genesis: everything that the decisions of the run depend on.

    Attributes:
        forked: The run that it goes on from, and which of its entries are those of that run.
        prompts: The versions of the prompts that its workers and judges put to models, by name.
    """

    event: Literal["run-opened"] = "run-opened"
    run: Name
    version: Name
    seed: int
    currency: Name
    budget: Amount | None
    participants: tuple[Participant, ...]
    config: Mapping[str, Any]
    config_digest: Name
    prompts: Mapping[str, str] = {}
    transfers: tuple[Transfer, ...] = ()
    forked: Forked | None = None

    @property
    def key(self) -> str:
        """The idempotency key."""
        return "run-opened"


class TaskAdded(Frozen):
    """A task enters the run.

    Attributes:
        needs: The tasks that must be solved first.
        verify: Its verifier as data; never shown to workers.
        announced: How many announcements had been made when it entered.
        closed: How many of them had closed; with ``announced``, the point to which a replay waits.
        copies: To how many workers of different owners it goes.
        batch: Which tasks are scored by peers together; 0 for a task without copies.
        reads: The tasks whose answers the prompt quotes; they were solved before it entered.
    """

    event: Literal["task-added"] = "task-added"
    lot: Lot
    needs: tuple[TaskId, ...] = ()
    verify: Mapping[str, Any] | None = None
    announced: int = 0
    closed: int = 0
    copies: Annotated[int, Field(ge=1)] = 1
    batch: Annotated[int, Field(ge=0)] = 0
    reads: tuple[TaskId, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"task-added\t{self.lot.task}"


class Announced(Frozen):
    """Lots are put up for auction; what asking for bids may cost is held.

    Attributes:
        judging: The most that judging an answer may cost, by lot, where it costs anything.
    """

    event: Literal["announced"] = "announced"
    announcement: Announcement
    judging: Mapping[TaskId, Amount] = {}
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"announced\t{self.announcement.announcement}"


class BidsClosed(Frozen):
    """The closing set: every bid that counts, and what became of the rest.

    Attributes:
        called_off: The lots that were called off while bids were taken; nobody has bid on them.
    """

    event: Literal["bids-closed"] = "bids-closed"
    announcement: AnnouncementId
    bids: tuple[Bid, ...]
    refusals: tuple[Refusal, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    silent: tuple[WorkerId, ...] = ()
    called_off: tuple[TaskId, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"bids-closed\t{self.announcement}"


class RoundClosed(Frozen):
    """The answers to one price of a clock auction that is run as a conversation.

    Attributes:
        announcement: What the clocks are about; the round's own call bears its name and number.
        bids: Who accepted which price.
        refusals: The first of each worker on each lot, and those that asking was billed for.
        called_off: The lots whose clocks were stopped, because their tasks were cancelled.
    """

    event: Literal["round-closed"] = "round-closed"
    announcement: AnnouncementId
    number: Annotated[int, Field(ge=1)]
    bids: tuple[Bid, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    called_off: tuple[TaskId, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"round-closed\t{self.announcement}\t{self.number}"


class Allocated(Frozen):
    """The mechanism has decided; what the awards may cost in cash is held.

    Attributes:
        unfunded: Awards for which the budget had no room; their lots are not executed.
        withheld: Bids that were not considered, for no budget has room for what they ask.
    """

    event: Literal["allocated"] = "allocated"
    allocation: Allocation
    unfunded: tuple[TaskId, ...] = ()
    withheld: tuple[Rejection, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"allocated\t{self.allocation.announcement}"


class Started(Frozen):
    """A worker is about to be called; durable before the call, so a billed call is never unknown.

    Attributes:
        call: 1, and one more for each call whose answer was lost in a crash.
        reattached: Whether the answer of the lost call is asked for, instead of a new one.
        transfers: For a repeated call: a reserve for the lost one, booked as billed, and a new
            hold.
    """

    event: Literal["started"] = "started"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    call: Annotated[int, Field(ge=1)] = 1
    reattached: bool = False
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"started\t{self.announcement}\t{self.task}\t{self.worker}\t{self.call}"


class Finished(Frozen):
    """A worker has answered, or will not."""

    event: Literal["finished"] = "finished"
    report: Annotated[Result | Failure, Field(discriminator="performative")]

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"finished\t{self.report.announcement}\t{self.report.task}\t{self.report.worker}"


class Verified(Frozen):
    """The verifier has spoken.

    Attributes:
        cost: What its verdict has cost.
        opinion: What it thinks itself, where the outcome is known without it.
        transfers: That bill, and what was held for it and is free again.
    """

    event: Literal["verified"] = "verified"
    outcome: Outcome
    cost: Amount = Money(0)
    opinion: Probability | None = None
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"verified\t{self.outcome.announcement}\t{self.outcome.task}\t{self.outcome.worker}"


class PeersScored(Frozen):
    """The answers to a batch of tasks are compared: what each worker scores, what the crowd says.

    Attributes:
        batch: Which batch; its tasks are of one kind.
        kind: The sort of work.
        mechanism: The peer mechanism.
        aggregate: How the answers became one.
        seed: What decides draws and ties; fixed by the run and the batch before any answer.
        workers: One entry for each worker with an answer.
        answers: One entry for each task with at least two answers.
    """

    event: Literal["peers-scored"] = "peers-scored"
    batch: Annotated[int, Field(ge=1)]
    kind: Name
    mechanism: Name
    aggregate: Name
    seed: int
    workers: tuple[PeerStanding, ...]
    answers: tuple[PeerAnswer, ...]

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"peers-scored\t{self.batch}"


class Settled(Frozen):
    """The contract is paid and the hold is released."""

    event: Literal["settled"] = "settled"
    settlement: Settlement
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"settled\t{self.settlement.announcement}\t{self.settlement.task}\t{self.settlement.worker}"


class Unsettled(Frozen):
    """An award ends without an outcome: no verifier, no verdict, or no answer.

    Attributes:
        lost: Whether the answer was lost in a crash; the bill is a reserve then.
        judging: What asking a verifier has cost all the same.
    """

    event: Literal["unsettled"] = "unsettled"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Annotated[str, Field(max_length=2_000)]
    lost: bool = False
    judging: Amount = Money(0)
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"unsettled\t{self.announcement}\t{self.task}\t{self.worker}"


class Closed(Frozen):
    """Every award of an announcement has ended, or its answer waits for its peers.

    Announcements close in their order.
    """

    event: Literal["closed"] = "closed"
    announcement: AnnouncementId
    number: int

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"closed\t{self.announcement}"


class TaskEnded(Frozen):
    """A task leaves the run for good."""

    event: Literal["task-ended"] = "task-ended"
    task: TaskId
    state: Literal["solved", "failed", "unsold", "skipped", "unfunded", "unsettled", "cancelled"]
    reason: Annotated[str, Field(max_length=2_000)] = ""

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"task-ended\t{self.task}"


class RunResumed(Frozen):
    """The run goes on in a new process, for the given time."""

    event: Literal["run-resumed"] = "run-resumed"
    version: Name
    time: Annotated[int, Field(ge=1)]

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"run-resumed\t{self.time}"


class RunClosed(Frozen):
    """Nothing comes after this."""

    event: Literal["run-closed"] = "run-closed"
    reason: Literal["done", "budget", "cancelled"]
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return "run-closed"


Event = (
    RunOpened
    | PlanAsked
    | PlanAnswered
    | TaskAdded
    | Cancelled
    | Announced
    | RoundClosed
    | BidsClosed
    | Allocated
    | Lapsed
    | Withdrawn
    | Started
    | Finished
    | Consulted
    | Verified
    | Compared
    | PeersScored
    | Settled
    | SetAside
    | Unsettled
    | Closed
    | Guarded
    | TaskEnded
    | Quarantined
    | RunResumed
    | RunClosed
)

EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="event")], config={"defer_build": True}
)
"""Reads and writes any event: ``EVENT.validate_json(body)``, ``EVENT.dump_json(event)``."""


def transfers_of(event: Event) -> tuple[Transfer, ...]:
    """Return the money that an event moves; events that have no such field move none."""
    moved: tuple[Transfer, ...] = event.__dict__.get("transfers", ())  # asked of every event
    return moved
