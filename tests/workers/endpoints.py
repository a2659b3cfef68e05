"""Endpoints with quick retries for the tests of model calls."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from workers.chat import ChatRequest, Message
from workers.endpoint import REPLY_LIMIT, Endpoint
from workers.errors import ChatError
from workers.limits import Limits
from workers.prices import Price
from workers.retry import Policy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from workers.meter import Meter

PRICE = Price.per_million(1, 2)
QUICK = Policy(seconds=10.0, first_wait=0.001, longest_wait=0.002)
ASK = ChatRequest(model="tiny", messages=(Message(role="user", content="2 + 2?"),), max_tokens=50)


@asynccontextmanager
async def endpoint(
    url: str,
    *,
    policy: Policy = QUICK,
    reply_limit: int = REPLY_LIMIT,
    unmarked_end: bool = False,
    stream: bool = False,
) -> AsyncGenerator[Endpoint]:
    """Open an endpoint with quick retries that is closed at the end."""
    made = Endpoint(
        url,
        policy=policy,
        limits=Limits(pause=0.001),
        reply_limit=reply_limit,
        unmarked_end=unmarked_end,
        stream=stream,
    )
    try:
        yield made
    finally:
        await made.aclose()


async def ended(
    url: str,
    meter: Meter,
    request: ChatRequest = ASK,
    policy: Policy = QUICK,
    *,
    stream: bool = False,
) -> ChatError:
    """Return the exception in which a call ends."""
    async with endpoint(url, policy=policy, stream=stream) as chat:
        with pytest.raises(ChatError) as caught:
            await chat.complete(request, meter)
    return caught.value
