"""What one run of a market is made of, once configuration has become objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from orchestrator.desk import Desk
from orchestrator.guard_settings import GuardSettings
from orchestrator.leash import ForeignCalls
from orchestrator.memory.budget import Budget
from orchestrator.memory.caps import Caps
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.guards import Guards
from orchestrator.memory.standings import StandingBook, standing_book
from orchestrator.memory.succession import Succession
from orchestrator.peer_settings import PeerSettings
from protocols.frozen import Frozen
from protocols.mechanism import Mechanism
from protocols.quarantine import Quarantined
from protocols.units import Money, TaskId, WorkerId
from workers.ports import Verifier, Worker
from workers.verifiers.person import VerdictFile

if TYPE_CHECKING:
    from workers.model_judge import ModelJudge


class Limits(Frozen):
    """How much at once, how long, and how often."""

    batch: Annotated[int, Field(ge=1, description="The most lots of one announcement.")] = 32
    announcements: Annotated[
        int, Field(ge=1, description="The most announcements that are open at once.")
    ] = 2
    concurrency: Annotated[
        int, Field(ge=1, description="The most executions at once, over all workers.")
    ] = 64
    attempts: Annotated[
        int, Field(ge=1, description="How often a task is announced before it is given up.")
    ] = 2
    raise_reserve: Annotated[
        float,
        Field(
            ge=1,
            le=1e3,
            description="By what a reserve is multiplied, up to the value, when nobody bids below it.",
        ),
    ] = 1.0
    bid_seconds: Annotated[float, Field(gt=0, le=1e6, description="How long bids are taken.")] = (
        30.0
    )
    award_seconds: Annotated[
        float,
        Field(gt=0, le=1e6, description="How long a worker that confirms may take to say so."),
    ] = 10.0
    penalty: Annotated[
        Literal["none", "pivot"],
        Field(description="What a worker owes that does not take its award up."),
    ] = "none"
    withdrawal: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="What you owe a worker whose award you withdraw, as a part of the reserve.",
        ),
    ] = 0.0
    lost_calls: Annotated[
        Literal["reattach", "retry", "fail"],
        Field(
            description="What a resumed run does about a call to a worker whose answer was lost in"
            " a crash: ask for the same answer where the worker can give it, call once more, or"
            " give the task up."
        ),
    ] = "retry"
    execute_seconds: Annotated[
        float, Field(gt=0, le=1e6, description="How long a worker may work on one task.")
    ] = 300.0
    verify_seconds: Annotated[
        float, Field(gt=0, le=1e6, description="How long a verifier may take over one answer.")
    ] = 300.0
    grace: Annotated[
        float,
        Field(gt=0, le=3_600, description="How long a worker may take to end a call called off."),
    ] = 5.0
    on_failure: Annotated[
        Literal["continue", "stop"],
        Field(description="What becomes of the other tasks when one fails for good."),
    ] = "continue"
    solved_at: Annotated[
        float, Field(gt=0, le=1, description="The success from which a task counts as solved.")
    ] = 0.5


@dataclass(slots=True)
class Market:
    """Everything that an auction needs; the state in it is folded from events.

    Attributes:
        batch: The most lots of one announcement: the limit, and the least capacity where the
            mechanism cannot be applied to more lots than that.
        kinds: The most kinds of lots of one announcement; ``None`` is no limit.
        verifiers: By task; a task without one, and without peers, ends unsettled.
        gold: The tasks with copies that have a verifier as well.
        peers: How tasks with redundancy are scored; ``None`` if there are none.
        seed: Decides between equals.
        judges: The models that compare answers, by name.
        foreign: Makes the calls to workers and verifiers that may take time.
        quarantined: The workers that get no more work in this process.
        quarantines: How many were quarantined, in this process and earlier ones.
        promised: The cash that is kept for asking again after a crash; no event holds it.
        caps: What single workers and kinds of task may still cost.
        guarded: When a worker counts as failing, if anybody cares.
        guards: Who is invited because of that.
        rulings: Where people say what becomes of workers on hold.
        before: The terms of the run that this one was forked from, if it was.
        until: The last announcement that was made on those terms.
    """

    chronicle: Chronicle
    mechanism: Mechanism
    workers: Mapping[WorkerId, Worker]
    seed: int
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)
    batch: int = field(init=False)
    kinds: int | None = field(init=False, default=None)
    standings: StandingBook | Succession = field(init=False)
    verifiers: dict[TaskId, Verifier] = field(default_factory=dict[TaskId, Verifier])
    gold: set[TaskId] = field(default_factory=set[TaskId])
    peers: PeerSettings | None = None
    desks: dict[WorkerId, Desk] = field(default_factory=dict[WorkerId, Desk])
    judges: Mapping[str, "ModelJudge"] = field(default_factory=dict[str, "ModelJudge"])
    promised: int = 0
    caps: Caps = field(default_factory=Caps)
    guarded: GuardSettings | None = None
    guards: Guards = field(init=False)
    rulings: VerdictFile | None = None
    before: "Market | None" = None
    until: int = 0
    foreign: ForeignCalls = field(init=False)
    quarantined: set[WorkerId] = field(default_factory=set[WorkerId])
    quarantines: int = 0

    def __post_init__(self) -> None:
        """Put up what the mechanism can clear, and keep of the past what it reads."""
        self.foreign = ForeignCalls(self.limits.grace, self._note_stuck)
        self.guards = Guards(self.guarded, [each.participant for each in self.workers.values()])
        self.fit()
        self.standings = standing_book(self.mechanism, self.limits.announcements)

    @property
    def capped(self) -> bool:
        """Whether anything caps the cash, of the run or of a part of it."""
        return self.budget.capped or self.caps.capped

    def fit(self) -> None:
        """Put up no more lots at once than the mechanism can clear with those who are invited."""
        room, self.batch = self.mechanism.properties.room, self.limits.batch
        self.kinds = 1 if self.caps.by_kind else None
        capacities = [each.capacity for each in self.guards.roster.values()]
        least = min((each for each in capacities if each is not None), default=None)
        if room == "lots" and least is not None:
            self.batch = min(self.batch, least)
        elif room == "kinds":
            self.kinds = self.kinds or least

    def of(self, number: int) -> "Market":
        """Return the terms on which an announcement is made."""
        return self if self.before is None or number > self.until else self.before.of(number)

    def quarantine(self, name: str, reason: str) -> None:
        """Note that a worker gets no more work in this process; others have no name here."""
        worker = WorkerId(name)
        if worker in self.workers and worker not in self.quarantined:
            self.quarantined.add(worker)
            number = self.quarantines = self.quarantines + 1
            self.chronicle.note(Quarantined(number=number, worker=worker, reason=reason))

    def _note_stuck(self, name: str) -> None:
        seconds = self.limits.grace
        self.quarantine(name, f"it did not let go of a call within {seconds:g} s of being told to")

    def can_hold(self, amount: int) -> bool:
        """Whether there is cash for a hold now, whatever the budget has planned."""
        return self.chronicle.ledger.has_room(Money(self.promised + amount))
