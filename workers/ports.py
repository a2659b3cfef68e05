"""What the orchestrator asks of the outside world: workers that bid and do, verifiers that judge."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

from pydantic import BaseModel

from protocols.errors import TruthbidError
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    Outcome,
    Participant,
    Refusal,
    Result,
)
from protocols.units import ZERO, Money, TaskId, WorkerId

Submit = Callable[[Bid | Refusal], object]
"""Hands a bid or a refusal to the coordinator; what comes after the deadline is turned down."""


class Bidder(Protocol):
    """Who can be asked for bids: a worker, or what answers in its place."""

    @property
    def name(self) -> WorkerId:
        """In whose name it answers."""
        ...

    @property
    def instant(self) -> bool:
        """Whether it answers without waiting for anything."""
        ...

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Answer a call for proposals; see `Worker.bid`."""
        ...

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return the most that forming a bid on this lot can cost; see `Worker.bid_ceiling`."""
        ...


class Lesson(NamedTuple):
    """How a worker's own work ended: all that it may learn from.

    Attributes:
        lot: What was to be done.
        award: What was agreed.
        bid: What the worker had bid.
        report: What it reported.
        outcome: What the verifier said; ``None`` if it was not asked, or could not say.
    """

    lot: Lot
    award: Award
    bid: Bid
    report: Result | Failure
    outcome: Outcome | None


class Worker(ABC):
    """Somebody who can do tasks: a model, a function, a recording, a remote agent.

    Attributes:
        participant: How the market knows the worker.
        seats: The most tasks that it executes at the same time.
        instant: Promises that ``bid`` and ``execute`` never wait for anything. Such a worker is
            asked in a row with others and needs no deadline; it must not block.
        confirms: Its bids are not binding: at each award it is asked whether it takes it up. For
            workers that bid in several markets at once and may be busy by then.
        reattachable: Promises that ``execute`` called again for the same award, also by another
            process, returns the answer of the first call, or waits for it, and is not billed once
            more. The award is the idempotency key: its announcement, task and worker.
        repeatable: Promises that ``execute`` may be called again for any lot, costs nothing and
            changes nothing, as with recordings and simulations. Reports use it to say what other
            awards would have brought.
    """

    participant: Participant
    seats: int = 8
    instant: bool = False
    confirms: bool = False
    reattachable: bool = False
    repeatable: bool = False

    @property
    def name(self) -> WorkerId:
        """The worker's name."""
        return self.participant.worker

    @property
    def prompts(self) -> Mapping[str, str]:
        """The versions of the prompts that it puts to a model, by name; the journal opens with them."""
        return {}

    @abstractmethod
    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Answer a call for proposals: submit one bid or refusal for each lot, as each is ready.

        Everything submitted before the deadline counts; at the deadline the call is cancelled. A lot
        without an answer counts as silence. An exception raised here is recorded and costs the
        worker nothing but this auction.
        """

    def at_clock(self, announcement: Announcement) -> Bidder:
        """Return who answers the rounds of a clock auction in the worker's name.

        A round is an announcement whose reserves are the prices asked: a bid accepts one, a refusal
        turns it down. Left as it is, the worker bids once, on the announcement as a whole, and
        accepts exactly the prices that cover the costs of its bids.
        """
        return ByCost(self, announcement)

    @property
    def lingers(self) -> bool:
        """Whether something of a call that was called off runs on, such as a thread.

        Who still lingers after the grace time of the market gets no more work in its run.
        """
        return False

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Say whether the worker takes an award up; asked right before the work, if it confirms.

        Who declines, raises or says nothing in time is not asked for this task again. A penalty may
        be due, as the limits of the run say.
        """
        del lot, award
        return True

    @abstractmethod
    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Do the work that was awarded and report the answer with its metered cost.

        An exception raised here is recorded as a failure whose cost is the hold of the award.
        """

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return the most that forming a bid on this lot can cost in cash; reserved before asking.

        An exception raised here ends the run, which can be resumed: nothing may be asked for that
        could cost more than is known.
        """
        del lot
        return ZERO

    def learn(self, lesson: Lesson) -> None:  # noqa: B027 - to learn is optional
        """Take note of how own work ended; called in a fixed order when its announcement closes.

        In a resumed run it is called for the work of earlier processes too, of which the worker
        knows nothing else. An exception raised here is logged, and the run goes on.
        """

    async def aclose(self) -> None:  # noqa: B027 - most workers hold nothing
        """Release what the worker holds, such as connections."""


class ByCost:
    """Answers the rounds of a clock by a worker's own bids: yes where the price covers the cost.

    Args:
        worker: Whose bids; it is asked once, in the first round.
        announcement: What the clocks are about.
    """

    def __init__(self, worker: Worker, announcement: Announcement) -> None:
        self.name = worker.name
        self.instant = worker.instant
        self._worker = worker
        self._announcement = announcement
        self._own: dict[TaskId, Bid | Refusal] | None = None

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return what the worker's bid may cost."""
        return self._worker.bid_ceiling(lot)

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Answer a round."""
        lots = {lot.task: lot for lot in announcement.lots if self.name not in lot.excluded}
        if self._own is not None:
            for task, own in self._own.items():
                if task in lots:
                    submit(_at_price(announcement, lots[task], own))
            return
        first: dict[TaskId, Bid | Refusal] = {}
        self._own = first

        def keep(message: Bid | Refusal) -> object:
            if message.task not in lots or message.task in first:
                return submit(message)
            first[message.task] = message.model_copy(update={"charge": ZERO})  # billed once
            return submit(_at_price(announcement, lots[message.task], message))

        await self._worker.bid(self._announcement, keep)


def _at_price(announcement: Announcement, lot: Lot, own: Bid | Refusal) -> Bid | Refusal:
    """Say in a round what a worker's own bid or refusal amounts to at the price."""
    if isinstance(own, Refusal) or own.cost <= lot.reserve:
        return own.model_copy(update={"announcement": announcement.announcement})
    return Refusal(
        announcement=announcement.announcement,
        task=own.task,
        worker=own.worker,
        charge=own.charge,
        reason="the price does not cover the cost",
    )


class Verdict(NamedTuple):
    """What a verifier found.

    Attributes:
        success: 1 accepted, 0 not, between them for graded work.
        detail: Why, in a few words for people.
    """

    success: float
    detail: str = ""


RIGHT: Final = Verdict(1.0)
"""Accepted, with nothing to add."""


class VerifierError(TruthbidError):
    """Raised when a verifier cannot judge at all; the answer is then neither right nor wrong.

    Attributes:
        cost: What the attempt has cost all the same, in nano-units.
    """

    def __init__(self, message: str, cost: Money = ZERO) -> None:
        super().__init__(message)
        self.cost = cost


class Verifier(Protocol):
    """Decides whether an answer is a success; what every reported probability is about."""

    @property
    def type(self) -> str:
        """The word by which configurations ask for it."""
        ...

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Judge an answer; an exception means that there is no outcome, not that the work failed."""
        ...


class Assessment(NamedTuple):
    """A verdict and what it took.

    Attributes:
        verdict: What counts.
        cost: What finding it has cost in cash, in nano-units.
        opinion: What the verifier thinks itself, in [0, 1], where the verdict is known without it;
            the difference shows how often it errs.
    """

    verdict: Verdict
    cost: Money = ZERO
    opinion: float | None = None


class Assessor(ABC):
    """A verifier that takes more than a look at the answer: a process, a bill, a person.

    Attributes:
        type: The word by which configurations ask for it.
        described: How a configuration describes it.
        seconds: How long it may take; ``None`` is as long as the market lets verifiers take.
        announced: Whether the journal says that it is asked before it is, so that a bill is never
            unknown and a person finds the question.
    """

    type: str
    described: BaseModel
    seconds: float | None = None
    announced: bool = False

    def ceiling(self, lot: Lot) -> Money:
        """Return the most that judging one answer to this lot can cost; held with the award."""
        del lot
        return ZERO

    @abstractmethod
    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Judge an answer.

        Raises:
            VerifierError: If it cannot; says what that has cost. After any other exception, and
                after a cancellation, the ceiling counts as spent.
        """

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Judge an answer, for callers that keep no books."""
        return (await self.assess(lot, result)).verdict
