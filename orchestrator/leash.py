"""Calls of foreign code that end when we say so, whatever that code does.

Cancellation is a request. A coroutine that catches every exception goes on, one that shields itself
does not even hear of it, and a thread cannot be stopped at all. So each call runs in a task of its
own, on a leash: when it is called off it gets a grace time to end, and is then let go, which means
that its coroutine is never resumed again. What it would have said after that, nobody hears.

Two things remain out of reach. Code that computes without ever awaiting stops the event loop, and
so everything. And on trio a coroutine that has shielded itself, or sits in a nursery, keeps its
task: the market is left without it, but ``trio.run`` does not return before it ends.
"""

from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import ExitStack
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import anyio
import sniffio
from anyio.abc import TaskGroup

if TYPE_CHECKING:
    import asyncio  # noqa: TID251 - see `ForeignCall.let_go`

T = TypeVar("T")

_BURIED: list[Coroutine[Any, Any, object]] = []
"""Coroutines that were let go; to collect one would be to resume it once more, to close it."""


class BreakoutError(Exception):
    """Raised for foreign code that tried to end the program, or cancelled itself."""


class LetGoError(Exception):
    """Raised in place of a coroutine that is not waited for any more."""


class Leash(Generic[T]):
    """Awaits a coroutine for as long as it is not let go.

    Args:
        function: Foreign code.

    Attributes:
        let_go: Once set, the coroutine is not resumed again and `LetGoError` is raised instead.
        trio_task: Where it runs, on trio. While it sits in a nursery, it cannot be let go.
    """

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self.let_go = False
        self.trio_task: object = None

    def __await__(self) -> Generator[Any, Any, T]:
        """Pass everything on between the event loop and the coroutine.

        Raises:
            BreakoutError: If the coroutine raises what would end more than itself.
            LetGoError: If it was let go.
        """
        told = False
        coroutine = _awaiting(self._function)
        step: Callable[[], Any] = partial(coroutine.send, None)
        while True:
            try:
                awaited = step()
            except StopIteration as end:
                return cast("T", end.value)
            except (Exception, KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as error:
                if _is_cancellation(error, told):
                    raise
                raise BreakoutError(f"it raised {type(error).__name__}") from error
            try:
                got = yield awaited
            except BaseException as error:  # noqa: BLE001 - whatever the loop says is passed on
                told = True
                step = partial(coroutine.throw, error)
            else:
                step = partial(coroutine.send, got)
            if self.let_go and not getattr(self.trio_task, "child_nurseries", ()):
                _BURIED.append(coroutine)
                raise LetGoError


class ForeignCall(Generic[T]):
    """One call, in a task of its own.

    Args:
        name: Whom it is made to.
        function: Makes it.

    Attributes:
        name: Whom it is made to.
        over: Set when it has ended, in whatever way.
    """

    def __init__(self, name: str, function: Callable[[], Awaitable[T]]) -> None:
        self.name = name
        self.over = anyio.Event()
        self._leash = Leash(function)
        self._scope = anyio.CancelScope()
        self._answers: list[T] = []
        self._error: Exception | None = None
        self._native: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in a task of the event loop's own kind: those of anyio must leave no scope open."""
        if sniffio.current_async_library() == "asyncio":
            import asyncio  # noqa: TID251 - see `ForeignCall.let_go`

            self._native = asyncio.get_running_loop().create_task(self._run())
        else:
            from trio.lowlevel import spawn_system_task

            self._leash.trio_task = spawn_system_task(self._run, context=copy_context())

    async def _run(self) -> None:
        """Make the call; what it raises is kept for `answer`."""
        try:
            with ExitStack() as scopes:
                scopes.enter_context(self._scope)
                try:
                    self._answers.append(await self._leash)
                except LetGoError:
                    scopes.pop_all()  # within it are scopes that the coroutine has left open
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            self._error = error
        finally:
            self.over.set()

    def cancel(self) -> None:
        """Ask it to end."""
        self._scope.cancel()

    def let_go(self) -> None:
        """Resume it never again."""
        self._leash.let_go = True
        if self._native is not None:
            self._native.cancel()  # anyio has no way to end what shields itself

    @property
    def called_off(self) -> bool:
        """Whether it was asked to end."""
        return self._scope.cancel_called

    def check(self) -> None:
        """Raise what it has raised, if anything."""
        if self._error is not None:
            raise self._error

    def answer(self) -> T:
        """Return what it has returned, or raise what it has raised."""
        self.check()
        return self._answers[0]


class ForeignCalls:
    """Makes calls, and names those to whom they are made who do not let go of them.

    Args:
        grace: How many seconds a call gets to end after it was called off.
        on_stuck: Is told of each that does not.

    Attributes:
        stuck: The names of those.
    """

    def __init__(self, grace: float, on_stuck: Callable[[str], object]) -> None:
        self._grace = grace
        self._on_stuck = on_stuck
        self.stuck: set[str] = set()
        self._group: TaskGroup | None = None

    def open(self, group: TaskGroup) -> None:
        """Watch for what runs on after calls, in tasks of a group."""
        self._group = group

    async def make(
        self,
        name: str,
        function: Callable[[], Awaitable[T]],
        lingers: Callable[[], bool] = lambda: False,
    ) -> T:
        """Make one call and return its answer; who is cancelled meanwhile waits no longer than the grace.

        Args:
            name: Whom it is made to.
            function: Makes it.
            lingers: Whether something of it runs on when it has ended, such as a thread.
        """
        call = ForeignCall(name, function)
        try:
            await self.make_all([call])
        finally:
            if lingers() and self._group is not None:
                self._group.start_soon(self._watch, name, lingers)
        return call.answer()

    async def make_all(self, calls: Sequence[ForeignCall[Any]]) -> None:
        """Make calls at the same time until all have ended."""
        for call in calls:
            call.start()
        try:
            await _all_over(calls)
        finally:
            left = [call for call in calls if not call.over.is_set()]
            if left:
                await self._end(left)

    async def _end(self, calls: Sequence[ForeignCall[Any]]) -> None:
        for call in calls:
            call.cancel()
        with anyio.CancelScope(shield=True), anyio.move_on_after(self._grace):
            await _all_over(calls)
        for call in calls:
            if not call.over.is_set():
                call.let_go()
                self._note(call.name)

    async def _watch(self, name: str, lingers: Callable[[], bool]) -> None:
        await anyio.sleep(self._grace)
        if lingers():
            self._note(name)

    def _note(self, name: str) -> None:
        self.stuck.add(name)
        self._on_stuck(name)


async def _all_over(calls: Iterable[ForeignCall[Any]]) -> None:
    for call in calls:
        await call.over.wait()


async def _awaiting(function: Callable[[], Awaitable[T]]) -> T:
    return await function()


def _is_cancellation(error: BaseException, told: bool) -> bool:
    """Whether an exception answers to a cancellation; trio's own class cannot be made by others."""
    kind = anyio.get_cancelled_exc_class()
    if isinstance(error, BaseExceptionGroup):
        return cast("BaseExceptionGroup[BaseException]", error).subgroup(kind) is not None
    return isinstance(error, kind) and (told or sniffio.current_async_library() == "trio")
