"""What a model call costs through the adapter, next to the client that it is built on.

A hundred calls are in flight against a server in a process of its own, so the processor time is the
client's alone. All use AsyncOpenAI with the same transport, aiohttp's, and their rounds take turns.
The first is how that client is meant to be used; the second goes past its types, as the adapter does,
and leaves out retries, limits, deadline, metering and the checks of the reply.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping

import httpx2

from benchmarks.loopback import running
from benchmarks.measure import interleaved, table
from workers.chat import ChatRequest, Message
from workers.endpoint import REPLY_LIMIT, Endpoint
from workers.meter import Meter
from workers.prices import Price
from workers.transport import client

CALLS = 1000
IN_FLIGHT = 100
ROUNDS = 9
SYSTEM, USER = "Answer with the number alone.", "What is 17 * 23?"
MESSAGES = (Message(role="system", content=SYSTEM), Message(role="user", content=USER))
REQUEST = ChatRequest(model="tiny", messages=MESSAGES, max_tokens=50)
PRICE = Price.per_million(1, 2)

FLOOR = "AsyncOpenAI, `chat.completions.create`"

Call = Callable[[], Awaitable[object]]
Close = Callable[[], Awaitable[None]]


async def in_flight(call: Call) -> None:
    """Make all calls, a hundred at one time."""
    left = iter(range(CALLS))

    async def caller() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(caller() for _ in range(IN_FLIGHT)))


async def opened(url: str) -> tuple[dict[str, Call], list[Close]]:
    """Return one call through each client, and what closes them."""
    openai = client(url, "none", REPLY_LIMIT)
    endpoint = Endpoint(url)
    body = {
        "model": "tiny",
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}],
        "max_tokens": 50,
    }

    def created() -> Awaitable[object]:
        return openai.chat.completions.create(
            model="tiny",
            messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}],
            max_tokens=50,
        )

    def posted() -> Awaitable[object]:
        return openai.post("/chat/completions", body=body, cast_to=httpx2.Response)

    def adapted() -> Awaitable[object]:
        return endpoint.complete(REQUEST, Meter(PRICE))

    cells: dict[str, Call] = {
        FLOOR: created,
        "AsyncOpenAI, `post` without its types": posted,
        "the adapter": adapted,
    }
    return cells, [openai.close, endpoint.aclose]


def measured(url: str) -> Mapping[str, float]:
    """Return the median processor seconds of all calls of each client."""
    with asyncio.Runner() as runner:
        calls, closing = runner.run(opened(url))

        def work(call: Call) -> Callable[[], None]:
            return lambda: runner.run(in_flight(call))

        cells = {name: work(call) for name, call in calls.items()}
        for warm in cells.values():
            warm()
        gc.freeze()  # as `truthbid run` does
        try:
            return interleaved(cells, ROUNDS)
        finally:
            gc.unfreeze()
            for close in closing:
                runner.run(_awaited(close))


async def _awaited(close: Close) -> None:
    await close()


def report() -> str:
    """Return the table of what a call costs."""
    with running() as url:
        times = measured(url)
    rows: list[tuple[object, ...]] = [
        (name, f"{seconds / CALLS * 1e6:.0f}", f"{seconds / times[FLOOR]:.2f}")
        for name, seconds in times.items()
    ]
    return table(("client, 100 calls in flight", "CPU us a call", "x AsyncOpenAI"), rows)


if __name__ == "__main__":
    print(report())
