"""The scripted chat that users test their own workers with."""

from __future__ import annotations

import pytest

from protocols.messages import Bid, Failure, Refusal, Result
from tests.workers.calls import award, call, lot
from workers.chat import ChatRequest, Lane, Message, Reply
from workers.errors import CutAnswerError
from workers.llm import OpenAIWorker
from workers.meter import Meter
from workers.prices import FREE, Price, Usage
from workers.scripted_chat import ScriptedChat

pytestmark = pytest.mark.anyio

SURE = '{"success_probability": 0.8, "output_tokens": 5}'
PRICE = Price.per_million(1, 2)


def request(phase: str) -> ChatRequest:
    """Return a call of a phase."""
    messages = (Message(role="user", content="?"),)
    return ChatRequest(model="m", messages=messages, max_tokens=5, lane=Lane(phase=phase))


async def test_a_worker_can_be_tested_without_an_endpoint() -> None:
    """A script for bids and one for work carry a worker from its bid to its result."""
    chat = ScriptedChat(bid=[SURE], execute=[Reply("391", Usage(100, 7))])
    worker = OpenAIWorker("small", model="tiny", price=PRICE, chat=chat)
    bids: list[Bid | Refusal] = []
    await worker.bid(call(lot(prompt="17 * 23")), bids.append)
    result = await worker.execute(lot(prompt="17 * 23"), award("small"))
    assert isinstance(bids[0], Bid)
    assert (bids[0].probability, bids[0].charge) == (0.8, 30_000)
    assert isinstance(result, Result)
    assert (result.answer, result.cost) == ("391", 114_000)
    assert [asked.lane.phase for asked in chat.asked] == ["bid", "execute"]
    chat.assert_complete()


async def test_a_failure_can_be_scripted() -> None:
    """An exception in a script is raised, and billed."""
    chat = ScriptedChat(execute=[CutAnswerError("cut")])
    worker = OpenAIWorker("small", model="tiny", price=PRICE, chat=chat)
    result = await worker.execute(lot(), award("small"))
    assert isinstance(result, Failure)
    assert (result.reason, result.cost) == ("cut", 30_000)


async def test_a_function_answers_every_call_of_its_phase() -> None:
    """A function is never used up."""
    chat = ScriptedChat(execute=lambda asked: asked.lane.phase)
    for _ in range(3):
        assert (await chat.complete(request("execute"), Meter(FREE))).text == "execute"
    chat.assert_complete()


@pytest.mark.parametrize("phase", ["bid", "judge"])
async def test_an_unexpected_call_is_an_error(phase: str) -> None:
    """A call beyond the script fails the test that made it."""
    with pytest.raises(AssertionError, match=f"task/worker/{phase}"):
        await ScriptedChat(bid=[]).complete(request(phase), Meter(FREE))


def test_unused_lines_are_an_error() -> None:
    """A script that was not used up says how much is left."""
    with pytest.raises(AssertionError, match="2 lines of bid"):
        ScriptedChat(bid=["a", "b"]).assert_complete()
