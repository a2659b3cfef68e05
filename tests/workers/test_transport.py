"""Replies are capped where their bytes arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from workers.errors import MalformedReplyError, OversizedReplyError
from workers.transport import Cap, CappedStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


class Chunks(httpx2.AsyncByteStream):
    """Ten chunks of ten bytes that count how many were read and whether they were closed."""

    def __init__(self) -> None:
        self.read = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Send the chunks."""
        for _ in range(10):
            self.read += 1
            yield b"0123456789"

    async def aclose(self) -> None:
        """Note the end."""
        self.closed = True


async def test_a_reply_within_the_limit_passes() -> None:
    """Exactly as many bytes as allowed arrive."""
    stream = CappedStream(Chunks(), 100)
    assert b"".join([chunk async for chunk in stream]) == b"0123456789" * 10
    await stream.aclose()


async def test_a_longer_reply_is_an_error() -> None:
    """The first chunk over the limit is not handed on."""
    seen: list[bytes] = []

    async def read() -> None:
        async for chunk in CappedStream(Chunks(), 99):
            seen.append(chunk)  # noqa: PERF401 - a comprehension would lose them

    with pytest.raises(OversizedReplyError, match="99 bytes"):
        await read()
    assert len(seen) == 9


async def test_closing_goes_through() -> None:
    """The connection behind a capped stream is closed with it."""
    chunks = Chunks()
    await CappedStream(chunks, 5).aclose()
    assert chunks.closed


async def test_a_hook_caps_the_body_of_a_response() -> None:
    """A response that passed the hook cannot be read past the limit."""
    response = httpx2.Response(200, stream=Chunks())
    await Cap(50)(response)
    with pytest.raises(OversizedReplyError):
        await response.aread()


async def test_a_compressed_reply_is_turned_down() -> None:
    """A small reply that could grow without limit is not even opened."""
    response = httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=Chunks())
    with pytest.raises(MalformedReplyError, match="gzip"):
        await Cap(50)(response)
