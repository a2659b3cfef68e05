"""What the orchestrator asks of the outside world: workers that bid and do, verifiers that judge."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple, Protocol

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
from protocols.units import ZERO, Money, WorkerId

Submit = Callable[[Bid | Refusal], object]
"""Hands a bid or a refusal to the coordinator; what comes after the deadline is turned down."""


class Worker(ABC):
    """Somebody who can do tasks: a model, a function, a recording, a remote agent.

    Attributes:
        participant: How the market knows the worker.
        seats: The most tasks that it executes at the same time.
        instant: Promises that ``bid`` and ``execute`` never wait for anything. Such a worker is
            asked in a row with others and needs no deadline; it must not block.
        repeatable: Promises that ``execute`` may be called again for any lot, costs nothing and
            changes nothing, as with recordings and simulations. Reports use it to say what other
            awards would have brought.
    """

    participant: Participant
    seats: int = 8
    instant: bool = False
    repeatable: bool = False

    @property
    def name(self) -> WorkerId:
        """The worker's name."""
        return self.participant.worker

    @abstractmethod
    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Answer a call for proposals: submit one bid or refusal for each lot, as each is ready.

        Everything submitted before the deadline counts; at the deadline the call is cancelled. A lot
        without an answer counts as silence. An exception raised here is recorded and costs the
        worker nothing but this auction.
        """

    @abstractmethod
    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Do the work that was awarded and report the answer with its metered cost.

        An exception raised here is recorded as a failure whose cost is the hold of the award.
        """

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return the most that forming a bid on this lot can cost in cash; reserved before asking."""
        del lot
        return ZERO

    def learn(  # noqa: B027 - to learn is optional
        self, lot: Lot, result: Result | Failure, outcome: Outcome | None
    ) -> None:
        """Take note of how own work ended; called in a fixed order when its announcement closes."""

    async def aclose(self) -> None:  # noqa: B027 - most workers hold nothing
        """Release what the worker holds, such as connections."""


class Verdict(NamedTuple):
    """What a verifier found.

    Attributes:
        success: 1 accepted, 0 not, between them for graded work.
        detail: Why, in a few words for people.
    """

    success: float
    detail: str = ""


class Verifier(Protocol):
    """Decides whether an answer is a success; what every reported probability is about."""

    @property
    def type(self) -> str:
        """The word by which configurations ask for it."""
        ...

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Judge an answer; an exception means that there is no outcome, not that the work failed."""
        ...
