"""Recording and playing back model calls, against a real server and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers.cassette import Exchange, RecordingChat, ReplayChat, key, load, save, written
from workers.chat import Chat, ChatRequest, Lane, Message, Reply, Token
from workers.endpoint import Endpoint
from workers.errors import (
    BrokenConnectionError,
    CassetteError,
    ChatError,
    CutAnswerError,
    RequestRefusedError,
)
from workers.limits import Limits
from workers.meter import Meter
from workers.prices import Price, Usage
from workers.redaction import Redactor
from workers.retry import Policy
from workers.scripted_chat import ScriptedChat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

PRICE = Price.per_million(1, 2)
QUICK = Policy(seconds=10.0, first_wait=0.001, longest_wait=0.002)
ASK = ChatRequest(model="tiny", messages=(Message(role="user", content="2 + 2?"),), max_tokens=50)


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


def ask(text: str, task: str = "t", phase: str = "execute") -> ChatRequest:
    """Return a question in a lane."""
    lane = Lane(task=task, worker="w", phase=phase)
    messages = (Message(role="user", content=text),)
    return ASK.model_copy(update={"messages": messages, "lane": lane})


async def end(chat: Chat, request: ChatRequest) -> tuple[object, int, int]:
    """Return how a call ends, what it costs and how many attempts it takes."""
    meter = Meter(PRICE)
    try:
        ended: object = await chat.complete(request, meter)
    except ChatError as error:
        ended = (type(error), str(error))
    return ended, meter.cost, meter.attempts


async def called_off(chat: Chat) -> int:
    """Return what a call costs that does not end by itself."""
    meter = Meter(PRICE)
    async with anyio.create_task_group() as group:
        group.start_soon(chat.complete, ASK, meter)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    return meter.cost


def echo(body: dict[str, Any]) -> Say:
    """Answer with the question."""
    return completion(body["messages"][0]["content"])


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ((completion("4"),), None),
        ((failure(500), completion("4")), None),
        ((Say(drop=True), completion("4")), None),
        ((completion("4", finish="length"),), CutAnswerError),
        ((failure(404, "no such model"),), RequestRefusedError),
        ((Say(drop=True),), BrokenConnectionError),
    ],
)
async def test_a_call_plays_back_as_it_ended(
    server: OpenAIServer, tmp_path: Path, script: tuple[Say, ...], kind: type[ChatError] | None
) -> None:
    """The answer or the exception, the cost and the attempts are those of the recording."""
    recorded: list[Exchange] = []
    url = server.script("record", *script)
    live = RecordingChat(Endpoint(url, policy=QUICK, limits=Limits(pause=0.001)), recorded.append)
    first = await end(live, ASK)
    await live.aclose()
    save(tmp_path / "calls.jsonl", recorded)
    replay = ReplayChat(load(tmp_path / "calls.jsonl"))
    before = server.count("record")
    assert await end(replay, ASK) == first
    assert server.count("record") == before
    assert (replay.hits, replay.misses) == (1, 0)
    replay.assert_complete()
    assert (kind is None) == (recorded[0].failure is None)
    if kind is not None:
        assert recorded[0].failure == kind.__name__


async def test_lanes_play_back_in_any_order(server: OpenAIServer) -> None:
    """Calls of many tasks recorded in one order are found in another."""
    recorded: list[Exchange] = []
    live = RecordingChat(Endpoint(server.script("echo", echo), policy=QUICK), recorded.append)
    requests = [ask(f"{task}", task=task) for task in "abcdef"]
    async with anyio.create_task_group() as group:
        for request in requests:
            group.start_soon(live.complete, request, Meter(PRICE))
    await live.aclose()
    replay = ReplayChat(recorded)
    for request in reversed(requests):
        reply = await replay.complete(request, Meter(PRICE))
        assert reply.text == request.lane.task
    replay.assert_complete()


async def test_the_same_call_twice_gives_both_answers_in_order() -> None:
    """Repeated calls of one lane, as samples are, come back one by one."""
    replay = ReplayChat([Exchange(request=ASK, text=text) for text in ("one", "two")])
    said = [(await replay.complete(ASK, Meter(PRICE))).text for _ in range(2)]
    assert said == ["one", "two"]
    with pytest.raises(CassetteError, match="used up"):
        await replay.complete(ASK, Meter(PRICE))


async def test_a_miss_shows_the_nearest_recording() -> None:
    """The difference to the nearest call of the same lane is in the message."""
    replay = ReplayChat(
        Exchange(request=request, text="x")
        for request in (ask("What is 2 + 2?"), ask("Who wrote it?"), ask("What is 2 + 3?", "u"))
    )
    with pytest.raises(CassetteError) as caught:
        await replay.complete(ask("What is 2 + 3?"), Meter(PRICE))
    said = str(caught.value)
    assert "no recording of this call of t/w/execute; nothing was sent" in said
    assert '-   "content": "What is 2 + 2?"' in said
    assert '+   "content": "What is 2 + 3?"' in said
    assert (replay.hits, replay.misses) == (0, 1)


async def test_a_miss_is_no_failure_of_a_model() -> None:
    """A worker that survives every failure of a model does not survive a wrong recording."""
    assert not issubclass(CassetteError, ChatError)
    with pytest.raises(CassetteError):
        await ReplayChat([]).complete(ASK, Meter(PRICE))


async def test_a_call_that_was_called_off_is_again(server: OpenAIServer) -> None:
    """What hung in the recording hangs in the replay, at the same cost."""
    recorded: list[Exchange] = []
    live = RecordingChat(
        Endpoint(server.script("off", Say(hang=True)), policy=QUICK), recorded.append
    )
    first = await called_off(live)
    await live.aclose()
    assert await called_off(ReplayChat(recorded)) == first > 0


def test_an_unused_recording_is_noticed() -> None:
    """A replay that asked less than the recording is not the same run."""
    replay = ReplayChat([Exchange(request=ask("x", "t7"), text="4")])
    with pytest.raises(AssertionError, match="t7/w/execute"):
        replay.assert_complete()


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"max_tokens": 51},
        {"temperature": 0.0},
        {"seed": 1},
        {"form": {}},
        {"lane": Lane(task="u")},
        {"messages": (Message(role="user", content="2 + 2? "),)},
    ],
)
def test_a_key_depends_on_everything_asked(change: dict[str, object]) -> None:
    """Any difference in the request or its lane is another call."""
    assert key(ASK.model_copy(update=change)) != key(ASK)


def test_a_recording_survives_its_file(tmp_path: Path) -> None:
    """What is written is read back the same, letters outside ASCII included."""
    exchanges = [
        Exchange(request=ask("é\n"), text="ü", model="m", attempts=(Usage(1, 2, 0, True),)),
        Exchange(request=ASK, failure="CutAnswerError", reason="cut"),
    ]
    save(tmp_path / "calls.jsonl", exchanges)
    assert load(tmp_path / "calls.jsonl") == exchanges


@pytest.mark.parametrize("line", ["", "{}", "[1", '{"request": 1}'])
def test_a_broken_recording_names_its_line(tmp_path: Path, line: str) -> None:
    """A line that is no call is an error with file and line."""
    path = tmp_path / "calls.jsonl"
    path.write_text(Exchange(request=ASK, text="4").model_dump_json() + f"\n{line}\n")
    with pytest.raises(CassetteError, match=r"calls\.jsonl:2: "):
        load(path)


async def test_an_unknown_failure_is_not_played() -> None:
    """A recording cannot name a class that is no failure of a model."""
    replay = ReplayChat([Exchange(request=ASK, failure="TYPE_CHECKING")])
    with pytest.raises(CassetteError, match="unknown failure"):
        await replay.complete(ASK, Meter(PRICE))


async def test_calls_at_the_same_time_play_back_at_their_own_cost(server: OpenAIServer) -> None:
    """Samples share one meter: each recorded call has its own attempts, and all cost the same."""
    recorded: list[Exchange] = []
    script = server.script("shared", failure(500), completion("a"), completion("b"))
    live = RecordingChat(
        Endpoint(script, policy=QUICK, limits=Limits(pause=0.001)), recorded.append
    )

    async def cost(chat: Chat) -> tuple[int, int]:
        meter = Meter(PRICE)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(chat.complete, ASK, meter)
        return meter.cost, meter.attempts

    first = await cost(live)
    await live.aclose()
    assert sum(len(exchange.attempts) for exchange in recorded) == first[1] == 4
    assert await cost(ReplayChat(recorded)) == first


async def test_a_call_that_cost_more_than_was_held_plays_back() -> None:
    """What an endpoint has billed beyond the worst case is booked again, and the answer is there."""
    replay = ReplayChat([Exchange(request=ASK, text="4", attempts=(Usage(10, 500),))])
    meter = Meter(PRICE, PRICE.cost(Usage(10, 50)))
    assert (await replay.complete(ASK, meter)).text == "4"
    assert meter.cost == PRICE.cost(Usage(10, 500))


async def test_log_probabilities_play_back() -> None:
    """What a bid is formed from is part of the recording."""
    tokens = (Token("4", -0.25, (("4", -0.25), ("5", -1.5))),)
    recorded: list[Exchange] = []
    scripted = ScriptedChat(execute=[Reply("4", Usage(1, 1), tokens=tokens)])
    request = ask("2 + 2?")
    await RecordingChat(scripted, recorded.append).complete(request, Meter(PRICE))
    kept = [Exchange.model_validate_json(written(each)) for each in recorded]
    assert (await ReplayChat(kept).complete(request, Meter(PRICE))).tokens == tokens


async def test_a_secret_in_a_question_is_found_again_elsewhere() -> None:
    """Recorded under its name, a secret is found by another one of this name, and never shown."""
    here, there = Redactor({"MY_TOKEN": "first-secret-1"}), Redactor({"MY_TOKEN": "other-secret-2"})
    recorded: list[Exchange] = []
    scripted = ScriptedChat(execute=["it is first-secret-1"])
    live = RecordingChat(scripted, recorded.append, here)
    reply = await live.complete(ask("use first-secret-1"), Meter(PRICE))
    assert reply.text == "it is first-secret-1"
    assert "first-secret-1" not in written(recorded[0])
    replay = ReplayChat(recorded, there)
    again = await replay.complete(ask("use other-secret-2"), Meter(PRICE))
    assert again.text == "it is [MY_TOKEN]"
    with pytest.raises(CassetteError) as caught:
        await replay.complete(ask("use other-secret-2"), Meter(PRICE))
    assert "other-secret-2" not in str(caught.value)


async def test_the_first_miss_is_kept_and_told() -> None:
    """Who runs a market, which survives its workers, can see what was missed and end it."""
    told: list[int] = []
    replay = ReplayChat([Exchange(request=ask("x", "t7"), text="4")])
    replay.on_miss = lambda: told.append(replay.misses)
    for text in ("first", "second"):
        with pytest.raises(CassetteError):
            await replay.complete(ask(text), Meter(PRICE))
    assert told == [1, 2]
    assert "first" in str(replay.missed)
    assert replay.unused == 1
