"""Tools that a model calls, against a real server on loopback, on both event loops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from pydantic import ValidationError

from protocols.messages import Failure, Result
from tests.workers.calls import award, lot
from tests.workers.openai_server import USAGE, OpenAIServer, Say, completion
from workers.cassette import Exchange, RecordingChat, ReplayChat
from workers.llm import OpenAIWorker
from workers.prices import Price
from workers.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

PRICE = Price.per_million(1, 2)
CALL = 60_000


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


def multiply(left: int, right: int) -> int:
    """Multiply two whole numbers.

    The model does not read this.
    """
    return left * right


async def later(seconds: float) -> str:
    """Wait for a while."""
    await anyio.sleep(seconds)
    return "done"


def broken() -> str:
    """Fail."""
    raise RuntimeError("no luck")


def wishes(*calls: tuple[str, str], finish: str = "tool_calls") -> Say:
    """Return a completion that wants tools to be called."""
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for n, (name, arguments) in enumerate(calls)
        ],
    }
    choice = {"index": 0, "finish_reason": finish, "message": message}
    return Say(json.dumps({"choices": [choice], "usage": USAGE}).encode())


def worker(url: str, rounds: int = 4) -> OpenAIWorker:
    """Return a worker with three tools."""
    return OpenAIWorker(
        "small",
        model="tiny",
        base_url=url,
        price=PRICE,
        max_tokens=100,
        tools=[multiply, later, broken],
        rounds=rounds,
    )


async def work(url: str, rounds: int = 4) -> Result | Failure:
    """Return how a work with tools ends."""
    made = worker(url, rounds)
    try:
        return await made.execute(lot(prompt="17 * 23"), award("small"))
    finally:
        await made.aclose()


def test_a_tool_shows_its_form() -> None:
    """Name, first paragraph and parameters are those of the function."""
    form = Tool(multiply).form
    assert (form.name, form.description) == ("multiply", "Multiply two whole numbers.")
    assert form.parameters["required"] == ["left", "right"]
    assert form.parameters["additionalProperties"] is False


@pytest.mark.parametrize("name", ["", "a b", "a" * 65, "löschen"])
def test_a_tool_needs_a_name_that_models_take(name: str) -> None:
    """Endpoints refuse names with other signs, so they are refused here."""
    with pytest.raises(ValidationError):
        Tool(lambda: None, name or "<lambda>")


@pytest.mark.parametrize(
    ("function", "arguments", "answer"),
    [
        (multiply, '{"left": 17, "right": 23}', "391"),
        (later, '{"seconds": 0}', "done"),
        (broken, "{}", "error: RuntimeError: no luck"),
        (multiply, '{"left": 17}', "error: right: Missing required argument"),
        (multiply, '{"left": 1, "right": 2, "up": 3}', "error: up: Unexpected keyword argument"),
        (multiply, "{", "error: arguments: Invalid JSON: EOF while parsing an object"),
        (lambda: "x" * 20_000, "{}", "x" * 10_000),
        (lambda: "now", "", "now"),
    ],
)
async def test_a_tool_answers_every_call(function: Any, arguments: str, answer: str) -> None:
    """What it returns, or what was wrong, is text for the model, and not too long."""
    assert (await Tool(function, "tool").call(arguments)).startswith(answer)


async def test_a_model_uses_a_tool(server: OpenAIServer) -> None:
    """The tool's answer goes back to the model, whose own answer is the result."""
    script = wishes(("multiply", '{"left": 17, "right": 23}')), completion("391")
    result = await work(server.script("use", *script))
    assert isinstance(result, Result)
    assert (result.answer, result.cost) == ("391", 2 * CALL)
    first, second = (asked.body for asked in server.asked["use"])
    assert [tool["function"]["name"] for tool in first["tools"]] == ["multiply", "later", "broken"]
    assert second["messages"][-2]["tool_calls"][0]["id"] == "c0"
    assert second["messages"][-1] == {"role": "tool", "content": "391", "tool_call_id": "c0"}


async def test_several_calls_are_answered_in_their_order(server: OpenAIServer) -> None:
    """Every wish has one answer, also one for a tool that does not exist."""
    script = (
        wishes(("broken", "{}"), ("delete", "{}"), ("later", '{"seconds": 0}')),
        completion("4"),
    )
    await work(server.script("several", *script))
    told = server.asked["several"][1].body["messages"][-3:]
    assert [message["tool_call_id"] for message in told] == ["c0", "c1", "c2"]
    assert told[1]["content"] == "error: there is no tool 'delete'"
    assert told[2]["content"] == "done"


async def test_rounds_are_limited(server: OpenAIServer) -> None:
    """A model that never comes to an end is a failure, and everything is billed."""
    result = await work(server.script("rounds", wishes(("broken", "{}"))), rounds=3)
    assert isinstance(result, Failure)
    assert "3 rounds" in result.reason
    assert (server.count("rounds"), result.cost) == (3, 3 * CALL)


async def test_a_conversation_stays_within_its_reserve(server: OpenAIServer) -> None:
    """When long answers of tools would make the next call too dear, it is not made."""

    def flood() -> str:
        return "x" * 10_000

    used = {"prompt_tokens": 5_000, "completion_tokens": 100}
    say = wishes(("flood", "{}"))
    url = server.script(
        "flood",
        Say(say.body.replace(json.dumps(USAGE).encode(), b"%s" % json.dumps(used).encode())),
    )
    made = OpenAIWorker(
        "small",
        model="tiny",
        base_url=url,
        price=PRICE,
        max_tokens=100,
        tools=[flood],
        rounds=20,
    )
    ceiling = made.quote(lot()).ceiling
    result = await made.execute(lot(), award("small"))
    await made.aclose()
    assert isinstance(result, Failure)
    assert "reserved" in result.reason
    assert ceiling is not None
    assert 0 < result.cost <= ceiling
    assert server.count("flood") < 20


@pytest.mark.parametrize(
    "calls",
    ["no list", [{"id": "c0"}], [7], [{"id": 1, "function": {"name": "a", "arguments": "{}"}}]],
)
async def test_a_call_without_shape_is_a_failure(server: OpenAIServer, calls: object) -> None:
    """What is no call of a tool is not guessed at."""
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    choice = {"finish_reason": "tool_calls", "message": message}
    url = server.script("shape", Say(json.dumps({"choices": [choice], "usage": USAGE}).encode()))
    result = await work(url)
    assert isinstance(result, Failure)
    assert result.cost == CALL


async def test_a_conversation_plays_back(server: OpenAIServer) -> None:
    """Recorded rounds, calls of tools included, give the same result offline."""
    recorded: list[Exchange] = []
    made = worker(
        server.script("tape", wishes(("multiply", '{"left": 2, "right": 3}')), completion("6"))
    )
    made.chat = RecordingChat(made.chat, recorded.append)
    first = await made.execute(lot(), award("small"))
    await made.aclose()
    replay = ReplayChat(recorded)
    made.chat = replay
    again = await made.execute(lot(), award("small"))
    replay.assert_complete()
    assert isinstance(first, Result)
    assert isinstance(again, Result)
    assert (first.answer, first.cost) == (again.answer, again.cost) == ("6", 2 * CALL)
