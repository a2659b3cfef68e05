"""A worker that is a function of this program: any callable, synchronous or not."""

import inspect
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, Unpack, cast

import anyio
import anyio.to_thread
from pydantic import Field

from protocols.messages import Award, Failure, Lot, Result
from protocols.units import ZERO, Money, Probability, Units, money, units
from workers.fencing import unfenced
from workers.history import History
from workers.local import LocalWorker, Quote
from workers.named_functions import FunctionName, work_named
from workers.ports import Lesson
from workers.skills import SKILLS
from workers.spec import ParticipantSpec, Terms

Price = Decimal | str | float
Alone = tuple[object]


class FunctionWorker(LocalWorker):
    """Does its work by calling a function with the prompt, or with the whole lot.

    The function gets the lot if its first parameter is named ``lot`` or annotated ``Lot``, else
    the prompt. What it returns is turned into text; ``None`` means that it found no answer and is
    reported as a failure. An exception is left to the coordinator, which records a failure.

    A synchronous function runs in a thread. When it is cancelled the thread is abandoned, not
    stopped: it runs to its end and its answer is dropped. A market gives the worker no more work if
    that takes longer than its grace time.

    Args:
        name: The worker's name, unique in the run.
        function: The function that does the work.
        cost: What a call costs, in units, or a function of the lot.
        confidence: The probability of success in [0, 1], or a function of the lot; ``None`` takes
            the worker's own past at the kind of task, starting at one half.
        blocking: Says of a synchronous function that it may take long. ``False`` runs it at once,
            without a thread; it must then return quickly.
        **terms: On which terms the worker takes part.

    >>> FunctionWorker("shout", str.upper, cost="0.001", confidence=0.99).name
    'shout'
    """

    def __init__(
        self,
        name: str,
        function: Callable[[str], object] | Callable[[Lot], object],
        *,
        cost: Price | Callable[[Lot], Price] = 0,
        confidence: float | Callable[[Lot], float] | None = None,
        blocking: bool = True,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(name, **terms)
        self._function = cast("Callable[[Any], object]", function)
        self._cost = cost if callable(cost) else money(cost)
        self._confidence = confidence
        self._takes_lot = _takes_lot(function)
        self._threaded = blocking and not _is_async(function)
        self._history = History()
        self._limiter: anyio.CapacityLimiter | None = None
        self._abandoned: set[object] = set()
        self.instant = not blocking and not _is_async(function)

    def quote(self, lot: Lot) -> Quote:
        """Return the cost and the confidence, or the success of the past."""
        confidence = self._confidence
        if confidence is None:
            return Quote(self._price(lot), self._history.probability(lot.kind), "history")
        return Quote(self._price(lot), confidence(lot) if callable(confidence) else confidence)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Call the function."""
        start = 0.0 if self.instant else anyio.current_time()
        answer = await self._call(lot if self._takes_lot else unfenced(lot.prompt))
        seconds = 0.0 if self.instant else anyio.current_time() - start
        cost = self._price(lot)
        if answer is None:
            return Failure(
                announcement=award.announcement,
                task=lot.task,
                worker=self.name,
                reason="the function found no answer",
                cost=cost,
                seconds=seconds,
            )
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer=str(answer),
            cost=cost,
            seconds=seconds,
        )

    def learn(self, lesson: Lesson) -> None:
        """Remember how own work ended."""
        self._history.note(lesson.lot.kind, lesson.report, lesson.outcome)

    async def aclose(self) -> None:
        """Forget the seats, which belong to the event loop of the run that ends."""
        self._limiter = None

    async def _call(self, argument: Lot | str) -> object:
        if self._threaded:
            if self._limiter is None:
                self._limiter = anyio.CapacityLimiter(self.seats)
            (answer,) = await self._in_thread(argument, self._limiter)
        else:
            answer = self._function(argument)
        return await cast("Awaitable[object]", answer) if inspect.isawaitable(answer) else answer

    @property
    def lingers(self) -> bool:
        """Whether a thread of a call that was called off still runs."""
        return bool(self._abandoned)

    async def _in_thread(self, argument: Lot | str, limiter: anyio.CapacityLimiter) -> Alone:
        running = object()
        over = False

        def call() -> Alone:
            nonlocal over
            try:
                return (self._function(argument),)  # trio takes no coroutine out of a thread
            finally:
                over = True
                self._abandoned.discard(running)

        try:
            return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=limiter)
        except anyio.get_cancelled_exc_class():
            self._abandoned.add(running)
            if over:  # it ended while it was being abandoned
                self._abandoned.discard(running)
            raise

    def _price(self, lot: Lot) -> Money:
        return money(self._cost(lot)) if callable(self._cost) else self._cost


class FunctionSpec(ParticipantSpec):
    """A worker that calls a function: a built-in skill, or one of yours."""

    type: Literal["function"] = "function"
    function: Annotated[
        FunctionName,
        Field(
            description="What does the work: a built-in skill, an entry point of the group"
            " truthbid.functions, or module:function of a module that is allowed with"
            " --allow-import.",
            examples=list(SKILLS),
        ),
    ]
    cost: Annotated[Units, Field(description="What a call costs, in units.")] = ZERO
    confidence: Annotated[
        Probability | None,
        Field(description="The reported probability of success; its own past if left out."),
    ] = None

    def build(self, seed: int) -> FunctionWorker:
        """Return the worker.

        Raises:
            NamedFunctionError: If there is no such function, or it is not allowed.
        """
        del seed
        skill = self.function in SKILLS
        worker = FunctionWorker(
            self.id,
            work_named(self.function, "function"),
            cost=units(self.cost),
            confidence=self.confidence,
            blocking=not skill,
            **self.terms(),
        )
        worker.reattachable = worker.repeatable = skill
        return worker


def _is_async(function: Callable[..., object]) -> bool:
    call = getattr(function, "__call__", None)  # noqa: B004 - an object may have an async __call__
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def _takes_lot(function: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a builtin that does not tell
        return False
    first = next(iter(parameters.values()), None)
    return first is not None and (first.name == "lot" or first.annotation in (Lot, "Lot"))
