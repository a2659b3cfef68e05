"""The HTTP side of an endpoint: a client that follows no redirect and reads no endless reply."""

from __future__ import annotations

import ssl
import sys
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import sniffio
from openai import AsyncOpenAI, DefaultAioHttpClient

from workers.errors import MalformedReplyError, OversizedReplyError
from workers.public_address import PrivateAddressError, PublicTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_CONNECT_SECONDS = 10.0
_CONNECTIONS = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)


class CappedStream(httpx2.AsyncByteStream):
    """A reply that is cut off, with an error, where it grows too long."""

    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Pass the bytes on while they are within the limit."""
        seen = 0
        chunks = aiter(self._stream)
        async for chunk in chunks:
            seen += len(chunk)
            if seen > self._limit:
                await called_off(chunks)
                raise OversizedReplyError(f"the reply has more than {self._limit} bytes")
            yield chunk

    async def aclose(self) -> None:
        """Close the connection behind it."""
        await self._stream.aclose()


async def called_off(chunks: AsyncIterator[bytes], after: float = 0.0) -> None:
    """Read on for some seconds, then cancel the read.

    The generators below then end by themselves and close what they hold.
    """
    with anyio.move_on_after(after):
        async for _ in chunks:
            pass  # what had been received before


class Cap:
    """Caps every reply of a client, whatever connection or proxy it comes through.

    Replies are asked for without compression, so that the bytes counted are the bytes kept; a
    compressed one is turned down.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit

    async def __call__(self, response: httpx2.Response) -> None:
        """Check the headers of a reply and cap its body, before any of it is read."""
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise MalformedReplyError(f"the reply is compressed, unasked: {encoding[:40]!r}")
        response.encoding = "utf-8"  # JSON has no other, and some that a header may name raise
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            response.stream = CappedStream(stream, self._limit)


def client(base_url: str, key: str, reply_limit: int, *, public_only: bool = False) -> AsyncOpenAI:
    """Return a client that makes one attempt per call; time limits and retries are the caller's.

    On asyncio it connects through aiohttp where that is installed, which halves the work per call.
    One that reaches public addresses only does neither that, nor goes through a proxy.
    """
    settings: dict[str, Any] = {"verify": _tls(), "limits": _CONNECTIONS}
    if public_only:
        direct = httpx2.AsyncHTTPTransport(trust_env=False, **settings)
        settings = {"transport": PublicTransport(direct), "trust_env": False}
    http = (httpx2.AsyncClient if public_only else _http_client())(
        timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        event_hooks={"response": [Cap(reply_limit)]},
        **settings,
    )
    return AsyncOpenAI(
        base_url=base_url,
        api_key=key,
        max_retries=0,
        timeout=http.timeout,
        http_client=http,
        default_headers={"Accept-Encoding": "identity"},
    )


@cache
def _tls() -> ssl.SSLContext:
    """Return the one context of all clients: reading the certificates takes a while."""
    return httpx2.create_ssl_context()


def _http_client() -> type[httpx2.AsyncClient]:
    if sniffio.current_async_library() == "asyncio" and find_spec("aiohttp"):
        return DefaultAioHttpClient
    return httpx2.AsyncClient


def failures() -> tuple[type[Exception], ...]:
    """Return what a connection may raise that the client does not translate."""
    aiohttp = sys.modules.get("aiohttp")
    return (httpx2.HTTPError,) if aiohttp is None else (httpx2.HTTPError, aiohttp.ClientError)


def unsent(cause: BaseException) -> bool:
    """Return whether a failure shows that the request never left, so nothing can be billed.

    The aiohttp transport gives every broken connection the name of a connection timeout, so its
    own exception is looked at.
    """
    aiohttp = sys.modules.get("aiohttp")
    if aiohttp is not None and isinstance(cause.__cause__, aiohttp.ClientError):
        not_connected = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
        return isinstance(cause.__cause__, not_connected)
    return isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout)


def untrusted(cause: BaseException) -> bool:
    """Return whether a failure shows that nobody trustworthy is at the address."""
    if isinstance(cause, PrivateAddressError):
        return True
    seen: BaseException | None = cause
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return not isinstance(seen, ssl.SSLEOFError | ssl.SSLZeroReturnError)
        seen = seen.__cause__ or seen.__context__
    return False
