"""Faults by llmock, which also judges how its client took them; `make test` installs it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.peers.serving import free_port, program, serving, told
from workers.chat import ChatRequest, Message
from workers.endpoint import Endpoint
from workers.errors import (
    BrokenConnectionError,
    ChatError,
    DeadlineError,
    MalformedReplyError,
    RequestRefusedError,
    UnavailableError,
)
from workers.limits import Limits
from workers.meter import Meter
from workers.prices import Price
from workers.retry import Policy
from workers.tools import Tool, converse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

pytestmark = pytest.mark.anyio

PRICE = Price.per_million(1, 2)
POLICY = Policy(seconds=20.0, attempts=4, first_wait=0.2)
ASK = ChatRequest(model="gpt-4o", messages=(Message(role="user", content="2 + 2"),), max_tokens=50)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests of this file."""
    port = free_port()
    command = [program("llmock", "llmock"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path_factory.mktemp("llmock") / "log"
    with serving([*command, "--response-style", "echo"], port, "/_llmock/verdict", log) as url:
        yield url


class Faults:
    """The server, told anew what goes wrong.

    Args:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        told(f"{url}/_llmock/reset", "POST")

    def expect(self, *behaviors: dict[str, Any]) -> None:
        """Queue what the next requests meet."""
        told(f"{self._url}/_llmock/scenario", "POST", {"behaviors": behaviors})

    @property
    def requests(self) -> int:
        """How many requests have arrived."""
        return int(told(f"{self._url}/_llmock/requests")["count"])

    def findings(self) -> list[str]:
        """Return what the server has to say against its client."""
        return [finding["code"] for finding in told(f"{self._url}/_llmock/verdict")["findings"]]

    @asynccontextmanager
    async def endpoint(
        self, policy: Policy = POLICY, *, stream: bool = False
    ) -> AsyncGenerator[Endpoint]:
        """Open an endpoint that is closed at the end."""
        limits = Limits(pause=0.1)
        made = Endpoint(f"{self._url}/v1", policy=policy, limits=limits, stream=stream)
        try:
            yield made
        finally:
            await made.aclose()

    async def ended(self, policy: Policy = POLICY, *, stream: bool = False) -> ChatError:
        """Return the exception in which a call ends."""
        async with self.endpoint(policy, stream=stream) as chat:
            with pytest.raises(ChatError) as caught:
                await chat.complete(ASK, Meter(PRICE))
        return caught.value


@pytest.fixture
def faults(running: str) -> Faults:
    """Begin every test without a past."""
    return Faults(running)


def fail(status: int, times: int, **fields: Any) -> dict[str, Any]:
    """Return a number of failures."""
    return {"type": "fail", "status": status, "times": times, **fields}


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_takes_one_request(faults: Faults, stream: bool) -> None:
    """Streamed or not, the text is the same and the usage is believed."""
    meter = Meter(PRICE)
    async with faults.endpoint(stream=stream) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply.text.endswith("2 + 2")
    assert reply.usage.input > 0
    assert (reply.first is not None) == stream
    assert (faults.requests, meter.attempts, meter.estimated) == (1, 1, False)
    assert faults.findings() == []


LATER = [pytest.param(status, marks=pytest.mark.long) for status in (408, 409, 500, 502, 503, 504)]


@pytest.mark.parametrize("status", [429, *LATER])
async def test_passing_trouble_takes_one_request_more(faults: Faults, status: int) -> None:
    """Two failures and an answer are three requests, and the server finds nothing wrong."""
    faults.expect(fail(status, 2))
    async with faults.endpoint() as chat:
        await chat.complete(ASK, Meter(PRICE))
    assert faults.requests == 3
    assert set(faults.findings()) <= {"no_backoff"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusal_takes_one_request(faults: Faults, status: int) -> None:
    """What cannot be cured is not asked again."""
    faults.expect(fail(status, 4))
    error = await faults.ended()
    assert isinstance(error, RequestRefusedError)
    assert error.status == status
    assert (faults.requests, faults.findings()) == (1, [])


@pytest.mark.long
async def test_trouble_that_stays_ends_with_the_policy(faults: Faults) -> None:
    """Four attempts are four requests."""
    faults.expect(fail(503, 9))
    assert isinstance(await faults.ended(), UnavailableError)
    assert faults.requests == 4


async def test_retry_after_is_kept(faults: Faults) -> None:
    """The server measures that the second request came no earlier than it asked for."""
    faults.expect(fail(429, 1, retry_after=0.6))
    async with faults.endpoint() as chat:
        await chat.complete(ASK, Meter(PRICE))
    assert (faults.requests, faults.findings()) == (2, [])


async def test_an_hour_of_retry_after_is_not_waited_for(faults: Faults) -> None:
    """A wait past the deadline ends the call at once, after one request."""
    faults.expect(fail(429, 1, retry_after=3600))
    with anyio.fail_after(10.0):
        assert isinstance(await faults.ended(), UnavailableError)
    assert faults.requests == 1


@pytest.mark.parametrize("kind", ["disconnect", "truncate"])
async def test_half_a_stream_is_asked_for_again(faults: Faults, kind: str) -> None:
    """A cut answer is never taken for one: the second, whole one is."""
    faults.expect({"type": "stream_fault", "kind": kind, "after_chunks": 3})
    async with faults.endpoint(stream=True) as chat:
        assert (await chat.complete(ASK, Meter(PRICE))).text.endswith("2 + 2")
    assert (faults.requests, faults.findings()) == (2, [])


@pytest.mark.parametrize("kind", ["disconnect", "truncate"])
async def test_half_a_stream_is_no_answer(faults: Faults, kind: str) -> None:
    """A stream that is always cut ends as a broken connection after all attempts."""
    faults.expect({"type": "stream_fault", "kind": kind, "after_chunks": 3, "times": 9})
    assert isinstance(await faults.ended(stream=True), BrokenConnectionError)
    assert faults.requests == 4


async def test_a_malformed_piece_ends_the_call(faults: Faults) -> None:
    """Nonsense in the middle of a stream is typed, and not asked for again."""
    faults.expect({"type": "stream_fault", "kind": "malformed", "after_chunks": 2})
    assert type(await faults.ended(stream=True)) is MalformedReplyError
    assert faults.requests == 1


async def test_a_stall_ends_with_the_deadline(faults: Faults) -> None:
    """A stream that falls silent is left, long before it would go on."""
    stall = {"type": "stream_fault", "kind": "stall", "after_chunks": 2, "stall_seconds": 9.0}
    faults.expect(stall)
    with anyio.fail_after(8.0):
        error = await faults.ended(POLICY.model_copy(update={"seconds": 0.5}), stream=True)
    assert type(error) is DeadlineError
    assert "no_read_timeout" not in faults.findings()


async def test_a_slow_first_token_is_timed(faults: Faults) -> None:
    """The time to the first token contains what the server was told to wait."""
    faults.expect({"type": "slow_first_token", "seconds": 0.3})
    async with faults.endpoint(stream=True) as chat:
        reply = await chat.complete(ASK, Meter(PRICE))
    assert reply.first is not None
    assert reply.first >= 0.3


@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_is_called_and_answered(faults: Faults, stream: bool) -> None:
    """The server calls the tool that it is offered and answers when it has its result."""
    tool = Tool(doubled)
    request = ASK.model_copy(update={"tools": (tool.form,)})
    async with faults.endpoint(stream=stream) as chat:
        reply = await converse(chat, request, {tool.form.name: tool}, Meter(PRICE), rounds=3)
    assert reply.text
    assert (faults.requests, faults.findings()) == (2, [])


def doubled(number: int) -> int:
    """Double a number."""
    return 2 * number
