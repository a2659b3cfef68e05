"""Money that holds: calls against a real server on loopback, with a reserve or a budget."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from orchestrator import Coordinator, Task
from protocols.units import NANO, Money
from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers import OpenAIWorker, exact
from workers.chat import ChatRequest, Message, Reply
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import ReserveSpentError, UnavailableError, UnknownPriceError
from workers.limits import Limits
from workers.meter import Meter
from workers.prices import FREE, Price, Usage, tariff
from workers.retry import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

CALLS = 16
PRICE = Price.per_million(1, 2)
QUICK = Policy(seconds=10.0, first_wait=0.001, longest_wait=0.002)
ASK = ChatRequest(model="tiny", messages=(Message(role="user", content="2 + 2?"),), max_tokens=50)
WORST = PRICE.cost(worst_usage(ASK))


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.mark.parametrize("stream", [False, True])
async def test_sixteen_calls_with_a_reserve_for_three_make_three(
    server: OpenAIServer, stream: bool
) -> None:
    """The others fail before anything is sent, and what the three leave over is free again."""
    refused = threading.Event()

    def say(_: dict[str, Any]) -> Say:
        assert refused.wait(30.0)
        return completion("4")

    meter = Meter(PRICE, Money(3 * WORST))
    ends: list[Reply | ReserveSpentError] = []
    chat = Endpoint(server.script("sixteen", say), policy=QUICK, stream=stream)

    async def call() -> None:
        try:
            ends.append(await chat.complete(ASK, meter))
        except ReserveSpentError as error:
            ends.append(error)
            if len(ends) == CALLS - 3:
                refused.set()

    async with anyio.create_task_group() as group:
        for _ in range(CALLS):
            group.start_soon(call)
    await chat.aclose()
    assert [type(end) for end in ends] == [ReserveSpentError] * 13 + [Reply] * 3
    assert (server.count("sixteen"), meter.attempts, meter.cost) == (3, 3, 180_000)
    assert meter.affords(worst_usage(ASK))


async def test_sixteen_tasks_with_a_budget_for_three_make_three_calls(
    server: OpenAIServer,
) -> None:
    """A run whose budget bears three calls that use all they may never makes a fourth."""
    worker = OpenAIWorker(
        "small",
        model="tiny",
        base_url=server.script("run", completion("4")),
        price=PRICE,
        bid="prior",
        max_tokens=50,
        policy=QUICK.model_copy(update={"paid": 1}),
        seats=CALLS,
    )
    tasks = [Task("2 + 2?", value=1, verify=exact("4")) for _ in range(CALLS)]
    ceiling = worker.quote(tasks[0].lot("task-1")).ceiling
    assert ceiling is not None
    most = {"prompt_tokens": (ceiling - PRICE.cost(Usage(0, 50))) // 1000, "completion_tokens": 50}
    server.script("run", completion("4", usage=most))
    budget = Decimal(3 * ceiling) / NANO
    async with Coordinator([worker], mechanism="first-price", budget=budget) as market:
        results = await market.run_all(tasks)
    assert server.count("run") == 3
    assert sum(result.answer is not None for result in results) == 3


async def test_a_retry_beyond_the_reserve_is_refused(server: OpenAIServer) -> None:
    """With cash for one attempt a broken connection, which may have been billed, is the end."""
    meter = Meter(PRICE, Money(WORST))
    chat = Endpoint(server.script("once", Say(drop=True), completion("4")), policy=QUICK)
    with pytest.raises(UnavailableError):
        await chat.complete(ASK, meter)
    await chat.aclose()
    assert (server.count("once"), meter.cost) == (1, WORST)


async def test_a_retry_of_what_was_not_billed_needs_no_more(server: OpenAIServer) -> None:
    """With cash for one attempt a request that was turned down is made again."""
    meter = Meter(PRICE, Money(WORST))
    url = server.script("again", failure(503), failure(429), completion("4"))
    chat = Endpoint(url, policy=QUICK, limits=Limits(pause=0.001))
    assert (await chat.complete(ASK, meter)).text == "4"
    await chat.aclose()
    assert (server.count("again"), meter.cost) == (3, 60_000)


async def test_a_free_model_is_asked_without_cash(server: OpenAIServer) -> None:
    """A reserve of nothing bears any number of calls to a model that costs nothing."""
    chat = Endpoint(server.script("free", completion("4")), policy=QUICK)
    meter = Meter(FREE, Money(0))
    for _ in range(3):
        await chat.complete(ASK, meter)
    await chat.aclose()
    assert (server.count("free"), meter.cost) == (3, 0)


def test_an_unknown_price_is_no_zero() -> None:
    """A model that nobody prices is an error that says how to price it, or that it is free."""
    with pytest.raises(UnknownPriceError, match="free: true"):
        tariff("my-model", "http://127.0.0.1:9/v1")
    assert tariff("my-model", "http://127.0.0.1:9/v1", free=True) is FREE
