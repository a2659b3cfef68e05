"""What coordinator and workers say to each other, in the words of the FIPA Contract Net.

    coordinator: Announcement (cfp) -> Award | Rejection (accept-, reject-proposal) -> Cancellation
    worker:      Bid | Refusal (propose, refuse) -> Result | Failure (inform, failure)
    verifier:    Outcome
    anybody:     NotUnderstood

Free text in a message is quoted data: no mechanism reads it.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from protocols.contract import Contract
from protocols.frozen import Frozen
from protocols.stopping import Stopping
from protocols.units import (
    Amount,
    AnnouncementId,
    Balance,
    Money,
    Name,
    Printable,
    Probability,
    Seconds,
    TaskId,
    Text,
    WorkerId,
)

Note = Annotated[str, Field(max_length=2_000)]


class Participant(Frozen):
    """A worker as the market knows it.

    Attributes:
        worker: Its name.
        payable: Whether it is paid in cash. A worker that we run ourselves is not: its bills are
            paid in cash and what the mechanism owes it is kept as credit.
        capacity: The most lots that it may win in one announcement; ``None`` is no limit.
        owner: Who gains from its pay. Peers are drawn across owners.
        family: Which model stands behind it. Peers are drawn across families.
    """

    worker: Annotated[WorkerId, Printable]
    payable: bool = False
    capacity: Annotated[int, Field(ge=1)] | None = None
    owner: Name | None = None
    family: Name | None = None


class Lot(Frozen):
    """One task as it is put up for auction: everything that a worker may know of it.

    Attributes:
        task: The task.
        kind: The sort of work; standings are kept per worker and kind.
        prompt: What is to be done.
        value: What a success is worth to the coordinator; finite, so no price is unbounded.
        reserve: The most that the coordinator would pay for the work; at most the value.
        withdrawal: What the coordinator owes the worker whose award of the lot it withdraws,
            instead of what the contract pays.
        attempt: 1 when first announced, one more after each failure.
        parent: The announcement of the same task that ended without a success before this one.
        excluded: Workers that failed at it and are not asked again.
        inputs: The answers of the tasks that it needs.
        group: The task of which this lot is one of several copies; peers judge their answers.
    """

    task: Annotated[TaskId, Printable]
    kind: Name = "task"
    prompt: Text = ""
    value: Amount
    reserve: Amount
    withdrawal: Amount = Money(0)
    attempt: Annotated[int, Field(ge=1)] = 1
    parent: AnnouncementId | None = None
    excluded: tuple[WorkerId, ...] = ()
    inputs: Mapping[str, Text] = {}
    group: TaskId | None = None

    @property
    def origin(self) -> TaskId:
        """The task that the run knows: that of the group if the lot is a copy."""
        return self.group or self.task


class Announcement(Frozen):
    """A call for proposals on one or more lots.

    Attributes:
        number: Announcements are numbered from 1 within a run.
        as_of: The standings of all announcements up to this number were known when it was made.
        bid_seconds: How long bids are taken.
    """

    performative: Literal["cfp"] = "cfp"
    announcement: AnnouncementId
    number: Annotated[int, Field(ge=1)]
    as_of: Annotated[int, Field(ge=0)] = 0
    bid_seconds: Seconds = 30.0
    lots: tuple[Lot, ...]
    participants: tuple[Participant, ...]


class Bid(Frozen):
    """A binding proposal: what the work would cost the worker, and how likely it succeeds.

    Attributes:
        cost: The worker's own cost of doing the work, whether it succeeds or not.
        probability: The reported probability that the verifier accepts the answer.
        ceiling: The most that doing the work can cost in cash, reserved before it starts; the cost
            where it is not given.
        charge: What making this bid has cost in cash.
        source: Where the probability comes from, such as ``stated``, ``history`` or ``logprob``.
        stated: The probability as a model has stated or shown it, before it was corrected.
        note: Free text for people; never read by a mechanism.
    """

    performative: Literal["propose"] = "propose"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    cost: Amount
    probability: Probability
    ceiling: Amount | None = None
    charge: Amount = Money(0)
    source: Name = "stated"
    stated: Probability | None = None
    note: Note = ""

    @property
    def most(self) -> Money:
        """The most that doing the work can cost in cash."""
        return self.cost if self.ceiling is None else self.ceiling


class Refusal(Frozen):
    """A worker declines to bid on a lot."""

    performative: Literal["refuse"] = "refuse"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    charge: Amount = Money(0)
    reason: Note = ""


class Award(Frozen):
    """The coordinator accepts a bid, under a contract, and says why.

    Attributes:
        rank: 0 for the worker that is called first; higher ranks are fallbacks in their order.
        score: What the bid contributes to the objective of the mechanism.
        pivot: What the worker's presence takes from the others, K; the price side of the contract.
        runner_up: The worker who would have won the lot alone, if there is one.
        tied: Whether the tie-break decided.
        propensity: With which chance the rule chose this worker for the lot, where it draws lots:
            over its seeds, given the bids and what was drawn before in the same announcement. 1
            where nothing is drawn.
        stop: In a sequence whose answers are compared before one is verified: how this answer is
            read, and when it is enough. ``None`` verifies each answer and stops at a success.
    """

    performative: Literal["accept-proposal"] = "accept-proposal"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    contract: Contract
    rank: Annotated[int, Field(ge=0)] = 0
    score: Balance
    pivot: Balance
    runner_up: WorkerId | None = None
    tied: bool = False
    propensity: Annotated[Probability, Field(gt=0.0)] = 1.0
    stop: Stopping | None = None


class Rejection(Frozen):
    """The coordinator turns a proposal down, with the reason."""

    performative: Literal["reject-proposal"] = "reject-proposal"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Note


class NotUnderstood(Frozen):
    """A message that makes no sense where it came; nothing changed because of it."""

    performative: Literal["not-understood"] = "not-understood"
    announcement: AnnouncementId
    task: TaskId | None = None
    worker: WorkerId
    reason: Note


class Result(Frozen):
    """A worker reports that the work is done.

    Attributes:
        answer: What it produced.
        cost: What the work has cost, as metered.
        seconds: How long it took.
        truth: The outcome, where the worker replays a record and the record knows it; only the
            verifier ``recorded`` reads it, and the summary, to measure peer scores against it.
        confidence: How likely the worker holds it that the verifier accepts the answer, stated
            with the answer; ``None`` if it does not say.
    """

    performative: Literal["inform"] = "inform"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    answer: Text
    cost: Amount
    seconds: Seconds = 0.0
    truth: Probability | None = None
    confidence: Probability | None = None


class Failure(Frozen):
    """A worker reports, or its deadline shows, that there will be no answer."""

    performative: Literal["failure"] = "failure"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Note
    cost: Amount = Money(0)
    seconds: Seconds = 0.0


class Cancellation(Frozen):
    """The coordinator calls work off."""

    performative: Literal["cancel"] = "cancel"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Note


class Outcome(Frozen):
    """What the verifier says of the work.

    Attributes:
        success: 1 accepted, 0 not, between them for graded work.
        verifier: Who said so.
    """

    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    success: Probability
    verifier: Name
    detail: Note = ""


WorkerMessage = Bid | Refusal | NotUnderstood | Result | Failure
CoordinatorMessage = Announcement | Award | Rejection | NotUnderstood | Cancellation
