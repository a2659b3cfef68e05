"""A test double: it says and does what its script tells, and remembers what it was asked."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar, Unpack, cast

import anyio

from protocols.messages import Announcement, Award, Bid, Failure, Lot, Result
from protocols.units import money
from workers.ports import Lesson, Submit, Worker
from workers.spec import Terms, participant

Price = Decimal | str | float
Step = TypeVar("Step")


@dataclass(frozen=True)
class Offer:
    """Bids on a lot.

    Attributes:
        cost: The cost to state, in units.
        probability: The probability to state.
        after: Waits for this event first.
        times: How often the same bid is submitted.
        fields: Fields of the bid to be sent as they are, valid or not.
    """

    cost: Price
    probability: float
    after: anyio.Event | None = None
    times: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Silence:
    """Does not answer; with ``after``, does not even return before the event."""

    after: anyio.Event | None = None


@dataclass(frozen=True)
class Answer:
    """Ends the work with an answer.

    Attributes:
        text: The answer.
        cost: The metered cost, in units.
        truth: What the verifier ``recorded`` is to find.
        after: Waits for this event first.
        fields: Fields of the result to be sent as they are, valid or not.
    """

    text: str
    cost: Price = 0
    truth: float | None = None
    after: anyio.Event | None = None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class GiveUp:
    """Ends the work with a failure; the metered cost is in units."""

    reason: str = "gave up"
    cost: Price = 0
    after: anyio.Event | None = None


BidStep = Offer | Silence | Exception
WorkStep = Answer | GiveUp | Exception


class ScriptedWorker(Worker):
    """Follows a script, one step per lot that it is asked about or awarded.

    A script is a queue for all tasks, in the order in which they are asked for, or a queue per
    task. An exception in it is raised. Steps that wait for an event come after those that do not.

    Args:
        name: The worker's name.
        bids: What it says of lots.
        answers: How it ends work.
        **terms: On which terms it takes part.

    Attributes:
        announcements: Every call for proposals that it got.
        awards: Every award that it got.
        learned: What it was told of the end of its work: the task, and the success if judged.
        closed: Whether it was closed.

    >>> worker = ScriptedWorker("ann", bids=[Offer("0.01", 0.9)], answers=[Answer("42")])
    >>> worker.assert_complete()
    Traceback (most recent call last):
    AssertionError: 'ann' has not used 1 bid and 1 answer of its script
    """

    def __init__(
        self,
        name: str,
        *,
        bids: Iterable[BidStep] | Mapping[str, Iterable[BidStep]] = (),
        answers: Iterable[WorkStep] | Mapping[str, Iterable[WorkStep]] = (),
        **terms: Unpack[Terms],
    ) -> None:
        self.participant = participant(name, terms)
        self.seats = terms.get("seats", 8)
        self.announcements: list[Announcement] = []
        self.awards: list[Award] = []
        self.learned: list[tuple[str, float | None]] = []
        self.closed = False
        self._bids = _Script(bids)
        self._answers = _Script(answers)
        self._unscripted: list[str] = []

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Say what the script tells of each lot."""
        self.announcements.append(announcement)
        waiting: list[tuple[Lot, Offer | Silence, anyio.Event]] = []
        for lot in announcement.lots:
            if self.name in lot.excluded:
                continue
            step = self._bids.take(lot.task)
            if step is None:
                raise self._lacks(f"bid on {lot.task}")
            if isinstance(step, Exception):
                raise step
            if step.after is not None:
                waiting.append((lot, step, step.after))
            else:
                self._say(announcement, lot, step, submit)
        for lot, step, event in waiting:
            await event.wait()
            self._say(announcement, lot, step, submit)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """End the work as the script tells."""
        self.awards.append(award)
        step = self._answers.take(lot.task)
        if step is None:
            raise self._lacks(f"answer on {lot.task}")
        if isinstance(step, Exception):
            raise step
        if step.after is not None:
            await step.after.wait()
        if isinstance(step, GiveUp):
            return Failure(
                announcement=award.announcement,
                task=lot.task,
                worker=self.name,
                reason=step.reason,
                cost=money(step.cost),
            )
        result = Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer=step.text,
            cost=money(step.cost),
            truth=step.truth,
        )
        return result.model_copy(update=step.fields)

    def learn(self, lesson: Lesson) -> None:
        """Remember how own work ended."""
        outcome = lesson.outcome
        self.learned.append((lesson.lot.task, None if outcome is None else outcome.success))

    async def aclose(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def assert_complete(self) -> None:
        """Check that the script was followed to its end and nothing else was asked.

        Raises:
            AssertionError: If steps are left, or something was asked that the script lacks.
        """
        if self._unscripted:
            raise AssertionError(f"{self.name!r} has nothing in its script for {self._unscripted}")
        bids, answers = self._bids.left(), self._answers.left()
        if bids or answers:
            raise AssertionError(
                f"{self.name!r} has not used {bids} bid{'s' * (bids != 1)}"
                f" and {answers} answer{'s' * (answers != 1)} of its script"
            )

    def _lacks(self, step: str) -> AssertionError:
        self._unscripted.append(step)
        return AssertionError(f"{self.name!r} has no {step} in its script")

    def _say(
        self, announcement: Announcement, lot: Lot, step: Offer | Silence, submit: Submit
    ) -> None:
        if isinstance(step, Silence):
            return
        bid = Bid(
            announcement=announcement.announcement,
            task=lot.task,
            worker=self.name,
            cost=money(step.cost),
            probability=step.probability,
        )
        for _ in range(step.times):
            submit(bid.model_copy(update=step.fields))


class _Script(Generic[Step]):
    """Steps in a queue for all tasks, or in a queue per task."""

    def __init__(self, steps: Iterable[Step] | Mapping[str, Iterable[Step]]) -> None:
        self._queues: dict[str, deque[Step]] = {}
        self._shared: deque[Step] = deque()
        if isinstance(steps, Mapping):
            per_task = cast("Mapping[str, Iterable[Step]]", steps)
            self._queues.update((task, deque(queue)) for task, queue in per_task.items())
        else:
            self._shared.extend(steps)

    def take(self, task: str) -> Step | None:
        queue = self._queues.get(task, self._shared)
        return queue.popleft() if queue else None

    def left(self) -> int:
        return len(self._shared) + sum(map(len, self._queues.values()))
