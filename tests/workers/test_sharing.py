"""Endpoints at one address: whose seats, rates and connections they use."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.workers.endpoints import ASK, PRICE
from tests.workers.openai_server import Crowd, OpenAIServer, completion, failure
from workers.endpoint import Endpoint
from workers.errors import UnavailableError
from workers.limits import Limits
from workers.meter import Meter
from workers.retry import Policy
from workers.scripted_chat import ScriptedChat
from workers.sharing import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.chat import Reply

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


async def calls(endpoints: list[Endpoint], each: int) -> None:
    """Make so many calls to each endpoint, all at the same time, and close them."""
    async with AsyncExitStack() as stack:
        for endpoint in endpoints:
            stack.push_async_callback(endpoint.aclose)
        async with anyio.create_task_group() as group:
            for endpoint in endpoints * each:
                group.start_soon(call, endpoint)


async def call(endpoint: Endpoint) -> Reply:
    """Make one call."""
    return await endpoint.complete(ASK, Meter(PRICE))


async def test_who_shares_an_address_shares_its_seats(server: OpenAIServer) -> None:
    """Three callers of which one has limited the seats to two are never more than two there."""
    crowd = Crowd(lambda _: completion())
    url = server.script("shared", crowd)
    several = [Endpoint(url), Endpoint(f"{url}/"), Endpoint(url, limits=Limits(seats=2))]
    share([None, ScriptedChat(), *several])
    await calls(several, 4)
    assert (crowd.total, crowd.most) == (12, 2)


async def test_alone_each_has_seats_of_its_own(server: OpenAIServer) -> None:
    """Before endpoints share, and after they were closed, nobody waits for another one."""
    crowd = Crowd(lambda _: completion(), company=2)
    url = server.script("alone", crowd)
    several = [Endpoint(url, limits=Limits(seats=1)) for _ in range(3)]
    share(several)
    for each in several:
        await each.aclose()
    await calls(several, 4)
    assert crowd.total == 12
    assert 1 < crowd.most <= 3


async def test_limits_may_be_those_of_one_caller(server: OpenAIServer) -> None:
    """One that says that its limits are not shared adds its seats to those of the others."""
    crowd = Crowd(lambda _: completion(), company=2)
    url = server.script("own", crowd)
    own = Limits(seats=1, shared=False)
    several = [Endpoint(url, limits=Limits(seats=1)), Endpoint(url), Endpoint(url, limits=own)]
    share(several)
    await calls(several, 4)
    assert (crowd.total, crowd.most) == (12, 2)


async def test_connections_are_shared(server: OpenAIServer) -> None:
    """Calls of two endpoints after one another go over one connection; another key has its own."""
    url = server.script("pool", completion())
    several = [Endpoint(url), Endpoint(url), Endpoint(url, api_key_env="TRUTHBID_OTHER_KEY")]
    share(several)
    for endpoint in several * 2:
        await call(endpoint)
    await calls(several, 0)
    first, second, other, *again = [asked.port for asked in server.asked["pool"]]
    assert first == second != other
    assert again == [first, second, other]


async def test_a_busy_endpoint_is_left_alone_by_all(server: OpenAIServer) -> None:
    """When one call is told to wait, those of the others wait as well."""
    url = server.script("busy", failure(429, retry_after="0.3"), completion())
    once = Policy(attempts=1)
    first, second = Endpoint(url, policy=once), Endpoint(url, policy=once)
    share([first, second])
    with pytest.raises(UnavailableError):
        await call(first)
    start = anyio.current_time()
    await calls([second], 1)
    await first.aclose()
    assert anyio.current_time() - start >= 0.25
    assert server.count("busy") == 2


async def test_rates_are_shared() -> None:
    """Who shares goes through one gate, with its rates; who was closed has one of its own."""
    limits = Limits(requests_per_minute=60)
    several = [Endpoint("http://127.0.0.1:1/v1", limits=limits) for _ in range(2)]
    share(several)
    first, second = several
    assert first.gate is second.gate
    await first.aclose()
    await second.aclose()
    assert first.gate is not second.gate


async def test_a_stranger_shares_nothing_with_the_trusted() -> None:
    """An untrusted endpoint goes its own way to the same address, past proxies."""
    url = "http://127.0.0.1:1/v1"
    trusted, untrusted = Endpoint(url), Endpoint(url, untrusted=True)
    share([trusted, untrusted])
    assert trusted.connection is not untrusted.connection
    assert trusted.gate is not untrusted.gate
