"""Tests of workers that are functions."""

import functools
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from pydantic import ValidationError

from protocols.messages import Failure, Lot, Result
from tests.workers.calls import award, bids, lesson, lot, result
from workers.function import FunctionSpec, FunctionWorker
from workers.named_functions import NamedFunctionError

pytestmark = pytest.mark.anyio


async def _shout(prompt: str) -> str:
    await anyio.lowlevel.checkpoint()
    return prompt.upper()


class _Caller:
    async def __call__(self, prompt: str) -> str:
        return await _shout(prompt)


def _kind(lot: Lot) -> str:
    return lot.kind


def _attempt(task: Lot) -> int:
    return task.attempt


def _thread(prompt: str) -> str:
    del prompt
    return threading.current_thread().name


def _returns_a_coroutine(prompt: str) -> object:
    return _shout(prompt)


_CALLABLES: list[tuple[Callable[[Any], object], str]] = [
    (str.upper, "ABC"),
    (len, "3"),
    (_shout, "ABC"),
    (_Caller(), "ABC"),
    (functools.partial(_shout), "ABC"),
    (_returns_a_coroutine, "ABC"),
    (_kind, "sums"),
    (_attempt, "2"),
]


@pytest.mark.parametrize(("function", "answer"), _CALLABLES)
async def test_any_callable_can_work(function: Callable[[Any], object], answer: str) -> None:
    """Builtins, coroutines, objects and partials get the prompt, or the lot if they ask for it."""
    worker = FunctionWorker("w", function, cost="0.5")
    done = await worker.execute(lot(prompt="abc", kind="sums", attempt=2), award("w"))
    assert isinstance(done, Result)
    assert (done.answer, done.cost, done.worker, done.task) == (answer, 500_000_000, "w", "t1")


async def test_a_synchronous_function_runs_in_a_thread_unless_told() -> None:
    """What may block is kept from the event loop; what is said not to block is instant."""
    here = threading.current_thread().name
    slow, quick = FunctionWorker("w", _thread), FunctionWorker("w", _thread, blocking=False)
    away, at_once = await slow.execute(lot(), award("w")), await quick.execute(lot(), award("w"))
    assert isinstance(away, Result)
    assert isinstance(at_once, Result)
    assert away.answer != here
    assert at_once.answer == here
    assert (slow.instant, quick.instant) == (False, True)


def test_a_worker_may_work_in_one_event_loop_after_the_other() -> None:
    """What a run leaves behind in it does not bind it to the event loop of that run."""
    worker = FunctionWorker("shout", str.upper)

    async def work() -> Result | Failure:
        try:
            return await worker.execute(lot(prompt="hey"), award("shout"))
        finally:
            await worker.aclose()

    for backend in ("asyncio", "trio", "asyncio"):
        done = anyio.run(work, backend=backend)
        assert isinstance(done, Result)
        assert done.answer == "HEY"


async def test_an_async_function_is_never_instant() -> None:
    """It may wait, whatever is said of it."""
    assert not FunctionWorker("w", _shout, blocking=False).instant


async def test_a_function_that_blocks_does_not_hold_the_deadline() -> None:
    """The thread is abandoned when the work is called off, and its seat is free again."""
    release = threading.Event()

    def block(prompt: str) -> str:
        release.wait(10)
        return prompt

    worker = FunctionWorker("w", block, seats=1)
    try:
        with anyio.move_on_after(0.01) as scope:
            await worker.execute(lot(), award("w"))
        assert scope.cancelled_caught
        assert worker.lingers
        release.set()
        done = await worker.execute(lot(prompt="next"), award("w"))
        assert isinstance(done, Result)
        assert done.answer == "next"
        with anyio.fail_after(5):
            while worker.lingers:  # the thread that was abandoned comes to its end
                await anyio.lowlevel.checkpoint()
    finally:
        release.set()


async def test_no_answer_is_a_failure_at_its_cost() -> None:
    """``None`` means that the function found nothing; the call is paid for all the same."""
    done = await FunctionWorker("w", lambda _: None, cost=1).execute(lot(), award("w"))
    assert isinstance(done, Failure)
    assert (done.cost, done.reason) == (10**9, "the function found no answer")


async def test_an_exception_is_left_to_the_coordinator() -> None:
    """The worker does not hide what its function raises."""
    worker = FunctionWorker("w", int, blocking=False)
    with pytest.raises(ValueError, match="invalid literal"):
        await worker.execute(lot(prompt="x"), award("w"))


async def test_cost_and_confidence_may_depend_on_the_lot() -> None:
    """Both may be functions, and the cost may be given in any way to write money."""
    worker = FunctionWorker(
        "w",
        str,
        cost=lambda lot: Decimal("0.25") * len(lot.prompt),
        confidence=lambda lot: 1.0 if lot.kind == "sums" else 0.25,
    )
    first, second = await bids(worker, lot("t1", kind="sums", prompt="ab"), lot("t2"))
    assert (first.cost, first.probability, first.source) == (500_000_000, 1.0, "stated")
    assert (second.cost, second.probability) == (0, 0.25)


async def test_without_a_confidence_it_goes_by_its_past() -> None:
    """It starts at one half and learns from outcomes."""
    worker = FunctionWorker("w", str)
    (before,) = await bids(worker, lot())
    worker.learn(lesson(lot(), result("x")))
    (still,) = await bids(worker, lot())
    assert (before.probability, before.source, still.probability) == (0.5, "history", 0.5)


async def test_a_skill_is_named_in_a_configuration() -> None:
    """The built-in skill computes the answer, at once."""
    spec = FunctionSpec.model_validate(
        {"type": "function", "id": "calc", "function": "arithmetic", "cost": 0.001,
         "confidence": 1, "kinds": ["sums"]}
    )  # fmt: skip
    worker = spec.build(seed=1)
    (bid,) = await bids(worker, lot(kind="sums"), lot("t2"))
    done = await worker.execute(lot(prompt="What is 17 * 23?"), award("calc"))
    assert isinstance(done, Result)
    assert (bid.cost, bid.probability, done.answer) == (1_000_000, 1.0, "391")
    assert worker.instant


async def test_an_unknown_function_is_refused() -> None:
    """The error names the skills that there are, and where the name stands."""
    spec = FunctionSpec.model_validate({"id": "w", "function": "magic"})
    with pytest.raises(NamedFunctionError, match=r"'magic'.*there are arithmetic") as caught:
        spec.build(seed=1)
    assert caught.value.loc == ("function",)
    with pytest.raises(ValidationError):
        FunctionSpec.model_validate({"id": "w", "function": "os:path.join"})
