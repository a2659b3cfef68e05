"""Tests of the test double."""

from math import isnan, nan

import anyio
import pytest

from protocols.messages import Bid, Failure, Refusal, Result
from tests.workers.calls import NUMBER, ask, award, bids, call, lesson, lot, result
from workers.scripted import Answer, GiveUp, Offer, ScriptedWorker, Silence

pytestmark = pytest.mark.anyio


async def test_it_follows_its_script() -> None:
    """Bids and answers come in the order of the queue, and the script is then complete."""
    worker = ScriptedWorker(
        "w",
        bids=[Offer("0.5", 0.9), Silence(), Offer(1, 0.25)],
        answers=[Answer("42", cost="0.1", truth=1.0), GiveUp("tired", cost="0.2")],
    )
    first, third = await bids(worker, lot("t1"), lot("t2"), lot("t3"))
    assert (first.task, first.cost, first.probability) == ("t1", 500_000_000, 0.9)
    assert (third.task, third.cost, third.probability) == ("t3", 1_000_000_000, 0.25)
    done = await worker.execute(lot("t1"), award("w", "t1"))
    failed = await worker.execute(lot("t3"), award("w", "t3"))
    assert isinstance(done, Result)
    assert (done.answer, done.cost, done.truth) == ("42", 100_000_000, 1.0)
    assert isinstance(failed, Failure)
    assert (failed.reason, failed.cost) == ("tired", 200_000_000)
    worker.assert_complete()


async def test_a_script_may_be_a_queue_per_task() -> None:
    """The order in which tasks are asked for does then not matter."""
    worker = ScriptedWorker("w", answers={"t1": [Answer("one")], "t2": [Answer("two")]})
    second = await worker.execute(lot("t2"), award("w", "t2"))
    first = await worker.execute(lot("t1"), award("w", "t1"))
    assert isinstance(first, Result)
    assert isinstance(second, Result)
    assert (first.answer, second.answer) == ("one", "two")
    worker.assert_complete()


async def test_it_remembers_what_it_was_asked() -> None:
    """Announcements, awards, endings and the closing are kept."""
    worker = ScriptedWorker("w", bids=[Silence()], answers=[Answer("x")])
    await worker.bid(call(lot()), lambda _: None)
    await worker.execute(lot(), award("w"))
    worker.learn(lesson(lot(), result("x"), 1.0))
    worker.learn(lesson(lot("t2"), result("x")))
    await worker.aclose()
    assert [each.announcement for each in worker.announcements] == [NUMBER]
    assert [each.task for each in worker.awards] == ["t1"]
    assert worker.learned == [("t1", 1.0), ("t2", None)]
    assert worker.closed


async def test_a_late_bid_waits_and_holds_up_no_other() -> None:
    """What waits for an event is submitted after it, all the rest before."""
    event = anyio.Event()
    worker = ScriptedWorker("w", bids=[Offer(1, 0.5, after=event), Offer(2, 0.5)])
    said: list[Bid | Refusal] = []
    async with anyio.create_task_group() as group:
        group.start_soon(worker.bid, call(lot("t1"), lot("t2")), said.append)
        await anyio.wait_all_tasks_blocked()
        assert [bid.task for bid in said] == ["t2"]
        event.set()
    assert [bid.task for bid in said] == ["t2", "t1"]


async def test_a_silent_worker_may_hang_until_it_is_cancelled() -> None:
    """Silence after an event that never comes outlasts any deadline."""
    worker = ScriptedWorker("w", bids=[Silence(after=anyio.Event())])
    with anyio.move_on_after(0) as scope:
        await ask(worker, lot())
    assert scope.cancelled_caught


async def test_a_late_answer_waits() -> None:
    """The work ends when its event comes."""
    event = anyio.Event()
    worker = ScriptedWorker("w", answers=[Answer("x", after=event)])
    async with anyio.create_task_group() as group:
        group.start_soon(worker.execute, lot(), award("w"))
        await anyio.wait_all_tasks_blocked()
        assert worker.awards
        event.set()


async def test_it_can_break_the_rules() -> None:
    """It bids twice, sends values that no bid may have, and raises."""
    worker = ScriptedWorker(
        "w",
        bids=[
            Offer(1, 0.5, times=2),
            Offer(1, 0.5, fields={"probability": nan, "cost": -1, "task": "elsewhere"}),
            RuntimeError("no bid"),
        ],
        answers=[RuntimeError("no answer"), Answer("x", fields={"cost": -5})],
    )
    once, again, odd = await bids(worker, lot("t1"), lot("t2"))
    assert once == again
    assert isnan(odd.probability)
    assert (odd.cost, odd.task) == (-1, "elsewhere")
    with pytest.raises(RuntimeError, match="no bid"):
        await ask(worker, lot("t3"))
    with pytest.raises(RuntimeError, match="no answer"):
        await worker.execute(lot(), award("w"))
    odd_result = await worker.execute(lot(), award("w"))
    assert odd_result.cost == -5
    worker.assert_complete()


async def test_an_unused_step_is_told() -> None:
    """A script that was not followed to its end is not complete."""
    worker = ScriptedWorker("w", bids={"t1": [Silence(), Silence()]}, answers=[Answer("x")])
    with pytest.raises(AssertionError, match="'w' has not used 2 bids and 1 answer of its script"):
        worker.assert_complete()


async def test_a_missing_step_is_told_twice() -> None:
    """What the script lacks is raised at once, and again at the end, since a market may swallow it."""
    worker = ScriptedWorker("w")
    with pytest.raises(AssertionError, match="no bid on t1"):
        await ask(worker, lot())
    with pytest.raises(AssertionError, match="no answer on t1"):
        await worker.execute(lot(), award("w"))
    with pytest.raises(AssertionError, match=r"\['bid on t1', 'answer on t1'\]"):
        worker.assert_complete()


async def test_an_excluded_worker_uses_no_step() -> None:
    """A lot that excludes it is passed over."""
    worker = ScriptedWorker("w", bids=[Offer(1, 0.5)])
    (bid,) = await bids(worker, lot("t1", excluded=["w"]), lot("t2"))
    assert bid.task == "t2"
