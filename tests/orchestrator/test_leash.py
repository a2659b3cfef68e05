"""Foreign code that does not end when it is told to is let go, and nobody waits for it."""

import asyncio  # noqa: TID251 - its exception is raised here
import gc
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from weakref import ref

import anyio
import anyio.lowlevel
import pytest

from orchestrator.leash import BreakoutError, ForeignCall, ForeignCalls
from tests.orchestrator.stuck import GRACE, swallow

pytestmark = pytest.mark.anyio


async def shielded() -> None:
    """Do not even hear of it."""
    with anyio.CancelScope(shield=True):
        await anyio.sleep_forever()


async def in_group() -> None:
    """Swallow with children."""
    while True:
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep_forever)
        except BaseException:  # noqa: BLE001 - that is the point
            pass


async def made(
    function: Callable[[], Awaitable[object]], seconds: float = 0.02, name: str = "ann"
) -> list[str]:
    """Make a call that is called off after some time; return who is stuck."""
    stuck: list[str] = []
    calls = ForeignCalls(GRACE, stuck.append)
    async with anyio.create_task_group() as group:
        calls.open(group)
        with anyio.move_on_after(seconds) as scope:
            await calls.make(name, function)
        assert scope.cancelled_caught
        group.cancel_scope.cancel()
    assert sorted(calls.stuck) == stuck
    return stuck


async def test_who_swallows_a_cancellation_is_let_go() -> None:
    """The call is over a grace time after it was called off, and its task has ended, too."""
    start = anyio.current_time()

    assert await made(swallow) == ["ann"]
    assert GRACE <= anyio.current_time() - start < 3


@pytest.mark.parametrize("function", [shielded, in_group])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_on_asyncio_shields_and_children_do_not_help(
    function: Callable[[], Awaitable[None]],
) -> None:
    """A task that shields itself, or holds other tasks, ends as well."""
    assert await made(function) == ["ann"]


@pytest.mark.parametrize("function", [shielded, in_group])
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_on_trio_they_keep_their_task_and_nothing_else(
    function: Callable[[], Awaitable[None]],
) -> None:
    """Who waits for the call goes on after the grace time; the task ends when it wants to."""
    told: list[str] = []
    calls, end = ForeignCalls(GRACE, told.append), anyio.Event()

    async def until_the_end() -> None:
        with anyio.CancelScope(shield=True):
            await end.wait()

    async def around() -> None:
        while not end.is_set():
            try:
                async with anyio.create_task_group() as group:
                    group.start_soon(until_the_end)
            except BaseException:  # noqa: BLE001 - that is the point
                pass

    async with anyio.create_task_group() as group:
        calls.open(group)
        with anyio.move_on_after(0.02):
            await calls.make("ann", until_the_end if function is shielded else around)
        assert told == ["ann"]
        end.set()


async def test_who_ends_when_told_is_not_stuck() -> None:
    """It may even tidy up, within the grace time."""
    tidied: list[str] = []

    async def tidy() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(GRACE / 10)
            tidied.append("up")

    assert await made(tidy) == []
    assert tidied == ["up"]


async def test_answers_and_exceptions_come_through() -> None:
    """A call is a plain call as long as nobody is called off."""
    calls = ForeignCalls(GRACE, pytest.fail)

    async def answer() -> int:
        await anyio.lowlevel.checkpoint()
        return 391

    async def fail() -> None:
        await anyio.lowlevel.checkpoint()
        raise KeyError("mine")

    async with anyio.create_task_group() as group:
        calls.open(group)
        assert await calls.make("ann", answer) == 391
        with pytest.raises(KeyError, match="mine"):
            await calls.make("ann", fail)


async def test_a_call_that_is_over_leaves_nothing_to_collect() -> None:
    """It goes, with all that it holds, as soon as nobody needs it: it is in no cycle."""
    calls = ForeignCalls(GRACE, print)
    call = ForeignCall("ann", anyio.lowlevel.checkpoint)
    left = ref(call)
    gc.disable()
    try:
        await calls.make_all([call])
        call.check()
        del call
        await anyio.lowlevel.checkpoint()  # the event loop forgets its task

        assert left() is None
    finally:
        gc.enable()


async def test_nobody_ends_the_program_or_the_run() -> None:
    """``sys.exit``, an exception of its own rank and a cancellation of its own are mere failures."""

    class Doom(BaseException):
        pass

    async def leave() -> None:
        sys.exit(3)

    async def doom() -> None:
        raise Doom

    async def cancel_itself() -> None:
        raise asyncio.CancelledError

    calls = ForeignCalls(GRACE, pytest.fail)
    async with anyio.create_task_group() as group:
        calls.open(group)
        for function in (leave, doom, cancel_itself):
            with pytest.raises(BreakoutError, match="it raised"):
                await calls.make("ann", function)


async def test_calls_at_the_same_time_are_waited_for_together() -> None:
    """One that is stuck costs one grace time, however many are."""
    stuck: list[str] = []
    foreign, done = ForeignCalls(GRACE, stuck.append), list[str]()

    async def quick() -> None:
        done.append("quick")

    calls = [ForeignCall(f"w{n}", swallow) for n in range(20)]
    start = anyio.current_time()
    async with anyio.create_task_group() as group:
        foreign.open(group)
        with anyio.move_on_after(0.02):
            await foreign.make_all([*calls, ForeignCall("quick", quick)])
        assert anyio.current_time() - start < 10 * GRACE
        assert stuck == [call.name for call in calls]
        group.cancel_scope.cancel()
    assert done == ["quick"]


async def test_what_runs_on_after_a_call_is_noticed() -> None:
    """A call may end and leave a thread behind; that is looked at when the grace time is over."""
    stuck: list[str] = []
    calls, lingering = ForeignCalls(GRACE, stuck.append), {"ann", "bob"}
    async with anyio.create_task_group() as group:
        calls.open(group)
        for name in ("ann", "bob", "cleo"):
            with anyio.move_on_after(0.01):
                await calls.make(name, anyio.sleep_forever, partial(lingering.__contains__, name))
        lingering.remove("bob")

    assert stuck == ["ann"]
