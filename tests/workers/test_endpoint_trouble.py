"""Endpoints that fail, hang or are out of reach: what is tried again, how long, what it costs."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from protocols.units import Money
from tests.workers.endpoints import ASK, PRICE, QUICK, ended, endpoint
from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers.dialect import worst_usage
from workers.errors import (
    DeadlineError,
    RequestRefusedError,
    UnavailableError,
)
from workers.meter import Meter
from workers.retry import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def meter() -> Meter:
    """Make a meter with a reserve for two attempts."""
    return Meter(PRICE, Money(2 * PRICE.cost(worst_usage(ASK))))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_passing_trouble_is_tried_again(
    server: OpenAIServer, meter: Meter, status: int
) -> None:
    """One failure that passes costs one more request and no money."""
    url = server.script(f"passing{status}", failure(status), completion())
    async with endpoint(url) as chat:
        await chat.complete(ASK, meter)
    assert server.count(f"passing{status}") == 2
    assert meter.cost == 60_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 400, 401, 403, 404, 422])
async def test_a_refused_request_is_never_repeated(
    server: OpenAIServer, meter: Meter, status: int
) -> None:
    """What asking again cannot cure is asked once, and costs nothing."""
    elsewhere = server.script("elsewhere", completion())
    url = server.script(f"refused{status}", failure(status, location=elsewhere))
    error = await ended(url, meter)
    assert isinstance(error, RequestRefusedError)
    assert error.status == status
    assert (server.count(f"refused{status}"), server.count("elsewhere")) == (1, 0)
    assert meter.cost == 0


async def test_a_spent_quota_is_not_asked_again(server: OpenAIServer, meter: Meter) -> None:
    """A 429 that says that the account is empty is final."""
    url = server.script("quota", failure(429, "pay first", code="insufficient_quota"))
    assert isinstance(await ended(url, meter), RequestRefusedError)
    assert server.count("quota") == 1


async def test_attempts_are_limited(server: OpenAIServer, meter: Meter) -> None:
    """An endpoint that stays broken is asked as often as the policy says."""
    error = await ended(server.script("broken", failure(503)), meter)
    assert isinstance(error, UnavailableError)
    assert server.count("broken") == QUICK.attempts == meter.attempts
    assert meter.cost == 0


async def test_retry_after_is_waited_for(server: OpenAIServer, meter: Meter) -> None:
    """The time that an endpoint asks for passes before the second request."""
    url = server.script("later", failure(429, retry_after_ms="60"), completion())
    async with endpoint(url) as chat:
        start = anyio.current_time()
        await chat.complete(ASK, meter)
        assert anyio.current_time() - start >= 0.06
    assert server.count("later") == 2


async def test_one_refusal_stops_all_calls(server: OpenAIServer, meter: Meter) -> None:
    """After one call was told to wait for an hour, no other asks."""
    url = server.script("jam", failure(429, retry_after="3600"), completion())
    async with endpoint(url) as chat:
        with pytest.raises(UnavailableError):
            await chat.complete(ASK, meter)
        with anyio.move_on_after(0.05) as scope:
            await chat.complete(ASK, meter)
    assert scope.cancelled_caught
    assert server.count("jam") == 1


async def test_a_wait_past_the_deadline_is_not_begun(server: OpenAIServer, meter: Meter) -> None:
    """An hour of Retry-After against a deadline of ten seconds fails at once, after one request."""
    url = server.script("hour", failure(429, retry_after="3600"))
    with anyio.fail_after(30.0):
        error = await ended(url, meter)
    assert isinstance(error, UnavailableError)
    assert error.retry_after == 3600.0
    assert server.count("hour") == 1


async def test_a_date_to_retry_after_is_understood(server: OpenAIServer, meter: Meter) -> None:
    """A date an hour after the reply's own is an hour: past the deadline, so the call fails."""
    written = "Sun, 22 Nov 2026 04:00:00 GMT"

    def say(_: dict[str, Any]) -> Say:
        return failure(503, retry_after=written, date="Sun, 22 Nov 2026 03:00:00 GMT")

    with anyio.fail_after(30.0):
        error = await ended(server.script("date", say), meter)
    assert isinstance(error, UnavailableError)
    assert (error.retry_after, server.count("date")) == (3600.0, 1)


async def test_a_server_that_hangs_is_left_at_the_deadline(
    server: OpenAIServer, meter: Meter
) -> None:
    """The call ends with its deadline, and what may have been billed stays booked."""
    url = server.script("hang", Say(hang=True))
    with anyio.fail_after(30.0):
        error = await ended(url, meter, policy=QUICK.model_copy(update={"seconds": 0.1}))
    assert isinstance(error, DeadlineError)
    assert meter.cost == PRICE.cost(worst_usage(ASK))


async def test_the_deadline_is_that_of_all_attempts(server: OpenAIServer, meter: Meter) -> None:
    """Waits that add up to more than the deadline end the call before all attempts are made."""
    url = server.script("waits", failure(503, retry_after_ms="40"))
    policy = Policy(seconds=0.15, attempts=20)
    with anyio.fail_after(30.0):
        await ended(url, meter, policy=policy)
    assert server.count("waits") <= 4


async def test_a_call_that_was_called_off_stays_booked(server: OpenAIServer, meter: Meter) -> None:
    """An attempt that the caller cancels may have been billed, so its worst case stays."""
    async with (
        endpoint(server.script("cancel", Say(hang=True))) as chat,
        anyio.create_task_group() as group,
    ):
        group.start_soon(chat.complete, ASK, meter)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert meter.cost == PRICE.cost(worst_usage(ASK))


async def test_refused_connections_cost_nothing(meter: Meter) -> None:
    """Nobody listens: tried again, never billed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await ended(f"http://127.0.0.1:{port}/v1", meter)
    assert isinstance(error, UnavailableError)
    assert (meter.attempts, meter.cost) == (QUICK.attempts, 0)


async def test_a_name_that_nobody_has_costs_nothing(meter: Meter) -> None:
    """A name that is not found may be found later: tried again, never billed."""
    error = await ended("http://endpoint.invalid/v1", meter)
    assert isinstance(error, UnavailableError)
    assert (meter.attempts, meter.cost) == (QUICK.attempts, 0)


async def test_a_server_without_tls_is_asked_once(server: OpenAIServer, meter: Meter) -> None:
    """Who cannot prove its name will not be able to in a second either, and has seen nothing."""
    url = server.script("tls", completion()).replace("http:", "https:")
    error = await ended(url, meter)
    assert isinstance(error, RequestRefusedError)
    assert (server.count("tls"), meter.attempts, meter.cost) == (0, 1, 0)


async def test_broken_connections_are_repeated_while_reserved(
    server: OpenAIServer, meter: Meter
) -> None:
    """A reply that never came may have been billed: only the reserved attempts are made."""
    error = await ended(server.script("drop", Say(drop=True)), meter)
    assert isinstance(error, UnavailableError)
    assert server.count("drop") == 2
    assert meter.cost == 2 * PRICE.cost(worst_usage(ASK))


async def test_a_reply_cut_in_the_middle_is_no_answer(server: OpenAIServer, meter: Meter) -> None:
    """Fewer bytes than announced are a broken connection; a whole second reply is taken."""
    cut = Say(b'{"choices": [', claim=500)
    async with endpoint(server.script("cut", cut, completion("5"))) as chat:
        assert (await chat.complete(ASK, meter)).text == "5"
    assert server.count("cut") == 2
    assert meter.cost == PRICE.cost(worst_usage(ASK)) + 60_000


async def test_a_cancelled_call_leaves_the_endpoint_usable(
    server: OpenAIServer, meter: Meter
) -> None:
    """After calls that were cut off, the same endpoint still answers."""

    def say(body: dict[str, Any]) -> Say:
        return Say(hang=True) if body.get("seed") else completion("4")

    async with endpoint(server.script("usable", say)) as chat:
        for _ in range(5):
            with anyio.move_on_after(0.02):
                await chat.complete(ASK.model_copy(update={"seed": 1}), Meter(PRICE))
        assert (await chat.complete(ASK, meter)).text == "4"
