"""Streamed replies from a real HTTP server on loopback, on both event loops."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from protocols.units import Money
from tests.workers.endpoints import ASK, PRICE, QUICK, ended, endpoint
from tests.workers.openai_server import (
    DONE,
    USED,
    OpenAIServer,
    Say,
    completion,
    failure,
    piece,
    stream,
    streamed,
)
from workers.chat import Reply, ToolCall, ToolForm
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import (
    BrokenConnectionError,
    CutAnswerError,
    DeadlineError,
    DeclinedAnswerError,
    EmptyAnswerError,
    FilteredAnswerError,
    IncompleteAnswerError,
    MalformedReplyError,
    OversizedReplyError,
)
from workers.meter import Meter
from workers.prices import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

WORST = PRICE.cost(worst_usage(ASK))


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def meter() -> Meter:
    """Make a meter with a reserve for two attempts."""
    return Meter(PRICE, Money(2 * WORST))


streaming = partial(endpoint, stream=True)
stream_ended = partial(ended, stream=True)


async def test_a_stream_is_the_same_answer(server: OpenAIServer, meter: Meter) -> None:
    """Text, model and usage are those of a reply in one piece, and the first token has its time."""
    async with streaming(server.script("ok", streamed("fo", "ur"))) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply._replace(first=None) == Reply("four", Usage(40, 10), "tiny-1")
    assert reply.first is not None
    assert 0 < reply.first < 10
    assert meter.cost == 60_000
    body = server.asked["ok"][0].body
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


async def test_the_first_token_is_timed_when_it_comes(server: OpenAIServer, meter: Meter) -> None:
    """A stream that is silent after its first token for a while is timed before the silence."""
    done = threading.Event()

    class Slow(tuple[bytes, ...]):
        """Chunks whose last ones wait until the deadline of the test has nearly come."""

        __slots__ = ()

        def __iter__(self) -> Iterator[bytes]:
            yield piece("4")
            done.wait(0.2)
            yield from (piece(finish="stop"), DONE)

    say = stream(b"x")._replace(chunks=Slow((b"x",)))
    async with streaming(server.script("slow", say)) as chat:
        start = anyio.current_time()
        reply = await chat.complete(ASK, meter)
        whole = anyio.current_time() - start
    assert reply.first is not None
    assert reply.first <= whole - 0.15


ODD_ENDS = {
    "unmarked": (stream(piece("4"), DONE), IncompleteAnswerError),
    "length": (streamed("4", finish="length"), CutAnswerError),
    "filter": (streamed(finish="content_filter"), FilteredAnswerError),
    "empty": (streamed(), EmptyAnswerError),
    "refusal": (
        stream(piece(delta={"refusal": "I will not"}), piece(finish="stop"), DONE),
        DeclinedAnswerError,
    ),
    "malformed": (stream(piece("4"), b"data: {nonsense\n\n"), MalformedReplyError),
    "nothing": (stream(DONE), MalformedReplyError),
    "error": (stream(b'data: {"error": {"message": "overloaded"}}\n\n'), MalformedReplyError),
    "usage alone": (stream(USED, DONE), MalformedReplyError),
    "html": (
        Say(b"<html>Hello</html>", headers={"content-type": "text/html"}),
        MalformedReplyError,
    ),
}


@pytest.mark.parametrize("case", ODD_ENDS)
async def test_every_odd_end_has_its_type(server: OpenAIServer, meter: Meter, case: str) -> None:
    """A stream that is no finished answer is asked for once, is typed, and is booked."""
    say, kind = ODD_ENDS[case]
    route = case.replace(" ", "-")
    error = await stream_ended(server.script(route, say), meter)
    assert type(error) is kind
    assert server.count(route) == 1
    assert meter.cost > 0


@pytest.mark.parametrize("politely", [True, False])
async def test_a_stream_that_breaks_off_is_repeated_while_reserved(
    server: OpenAIServer, meter: Meter, politely: bool
) -> None:
    """Half an answer is never one, whether the connection broke or the stream just ended.

    It may have been billed, so as many attempts are made as are reserved.
    """
    error = await stream_ended(
        server.script("broken", stream(piece("4"), drop=not politely)), meter
    )
    assert type(error) is BrokenConnectionError
    assert server.count("broken") == 2
    assert meter.cost == 2 * WORST


async def test_a_whole_stream_after_half_a_one_is_the_answer(
    server: OpenAIServer, meter: Meter
) -> None:
    """The second attempt's text is not joined to what the first one had brought."""
    url = server.script("half", stream(piece("2")), streamed("4"))
    async with streaming(url) as chat:
        assert (await chat.complete(ASK, meter)).text == "4"
    assert meter.cost == WORST + 60_000


async def test_a_stream_that_stalls_ends_with_the_deadline(
    server: OpenAIServer, meter: Meter
) -> None:
    """The connection is closed, as the server sees, and the worst case stays booked."""
    policy = QUICK.model_copy(update={"seconds": 0.1})
    error = await stream_ended(
        server.script("stall", stream(piece("4"), hang=True)), meter, policy=policy
    )
    assert type(error) is DeadlineError
    assert await anyio.to_thread.run_sync(server.left.acquire, True, 10.0)
    assert meter.cost == WORST


async def test_a_stream_is_stopped_at_the_size_limit(server: OpenAIServer, meter: Meter) -> None:
    """A server that would write on for ever is left as soon as it has written too much."""
    url = server.script("long", stream(*[piece("x" * 1_000)] * 20, hang=True))
    async with streaming(url, reply_limit=10_000) as chat:
        with pytest.raises(OversizedReplyError):
            await chat.complete(ASK, meter)
        assert await anyio.to_thread.run_sync(server.left.acquire, True, 10.0)
    assert (server.count("long"), meter.cost) == (1, WORST)


async def test_a_stream_that_stays_open_after_its_end_is_an_answer(
    server: OpenAIServer, meter: Meter
) -> None:
    """After the last event nobody waits for the connection to close."""
    say = stream(piece("4"), piece(finish="stop"), USED, DONE, hang=True)
    async with streaming(server.script("open", say)) as chat:
        assert (await chat.complete(ASK, meter)).text == "4"
        assert await anyio.to_thread.run_sync(server.left.acquire, True, 10.0)


async def test_an_endpoint_without_streams_is_asked_again(
    server: OpenAIServer, meter: Meter
) -> None:
    """First the usage of a stream is given up, then the stream, each where it is refused."""

    def say(body: dict[str, Any]) -> Say:
        if "stream_options" in body:
            return failure(400, "stream_options is not permitted")
        return failure(422, "streaming is not supported") if "stream" in body else completion("4")

    async with streaming(server.script("whole", say)) as chat:
        assert (await chat.complete(ASK, meter)).first is None
        assert server.count("whole") == 3
        await chat.complete(ASK, meter)
    assert server.count("whole") == 4


async def test_an_endpoint_that_ignores_the_wish_is_understood(
    server: OpenAIServer, meter: Meter
) -> None:
    """A whole completion in place of a stream is taken."""
    async with streaming(server.script("ignores", completion("4"))) as chat:
        reply = await chat.complete(ASK, meter)
    assert (reply.text, reply.first) == ("4", None)


async def test_a_stream_without_usage_is_estimated(server: OpenAIServer, meter: Meter) -> None:
    """Four characters are taken for a token, and the meter says that it is an estimate."""
    say = stream(piece("four"), piece(finish="stop"), DONE)
    async with streaming(server.script("unmetered", say)) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply.usage == Usage(2, 1, estimated=True)
    assert meter.estimated


async def test_an_unmarked_end_needs_the_last_event(server: OpenAIServer) -> None:
    """An endpoint that never says how an answer ended still says that the stream did."""
    url = server.script("unmarked", stream(piece("4"), USED, DONE), stream(piece("4"), USED))
    async with streaming(url, unmarked_end=True) as chat:
        assert (await chat.complete(ASK, Meter(PRICE))).text == "4"
        with pytest.raises(BrokenConnectionError):
            await chat.complete(ASK, Meter(PRICE))


async def test_tools_are_called_in_pieces(server: OpenAIServer, meter: Meter) -> None:
    """The arguments of a call arrive in parts and are put together."""
    begun = {"index": 0, "id": "c1", "function": {"name": "add", "arguments": '{"a"'}}
    rest = {"index": 0, "function": {"arguments": ": 1}"}}
    pieces = (piece(delta={"tool_calls": [part]}) for part in (begun, rest))
    say = stream(*pieces, piece(finish="tool_calls"), USED, DONE)
    tool = ToolForm(name="add", parameters={"type": "object"})
    request = ASK.model_copy(update={"tools": (tool,)})
    async with streaming(server.script("tools", say)) as chat:
        reply = await chat.complete(request, Meter(PRICE))
    assert reply.calls == (ToolCall(id="c1", name="add", arguments='{"a": 1}'),)


@pytest.mark.parametrize("wanted", [True, False])
async def test_calls_that_are_cut_off_leave_no_connection(
    server: OpenAIServer, wanted: bool
) -> None:
    """A hundred cancelled calls close a hundred connections, and the pool still answers."""

    def say(body: dict[str, Any]) -> Say:
        if body.get("seed") is None:
            return completion("4")
        return stream(piece("4"), hang=True) if wanted else Say(hang=True)

    url = server.script("cut", say)
    chat = Endpoint(url, policy=QUICK, stream=wanted)

    async def leave(scope: anyio.CancelScope, before: int) -> None:
        while server.count("cut") < before + 10:  # noqa: ASYNC110 - the server is a thread
            await anyio.sleep(0.001)
        scope.cancel()

    for round_ in range(10):
        async with anyio.create_task_group() as group:
            for _ in range(10):
                request = ASK.model_copy(update={"seed": 1})
                group.start_soon(chat.complete, request, Meter(PRICE))
            await leave(group.cancel_scope, 11 * round_)
        for _ in range(10):
            assert await anyio.to_thread.run_sync(server.left.acquire, True, 10.0)
        assert (await chat.complete(ASK, Meter(PRICE))).text == "4"
    await chat.aclose()
    assert not server.left.acquire(blocking=False)


def test_the_events_of_this_file_are_those_of_the_format() -> None:
    """What the scripted server streams is JSON behind ``data:``."""
    assert json.loads(piece("4").removeprefix(b"data: "))["choices"][0]["delta"] == {"content": "4"}
