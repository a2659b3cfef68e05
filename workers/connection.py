"""One request over HTTP, and whatever becomes of it: a body, or the failure with its type.

Failures are returned, not raised: the exceptions of the client hold its headers, with the key in
them, and must not be in anybody's traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import anyio
import httpx2
import openai
from pydantic_core import to_json

from workers.errors import (
    BrokenConnectionError,
    ChatError,
    MalformedReplyError,
    RequestRefusedError,
    UnavailableError,
)
from workers.reply import read_body
from workers.retry import failed_status
from workers.stream import Pieces
from workers.transport import called_off, client, failures, unsent, untrusted

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from workers.key import Key
    from workers.reply import Fields

_NO_KEY: Final = "none"
_PATH: Final = "/chat/completions"
_QUOTED: Final = 2_000
_EVENTS: Final = "text/event-stream"
_LINGER: Final = 0.2
"""Seconds that a finished stream gets to end, so that its connection can be used again."""

_CLOSING: Final = 2.0


class Received(NamedTuple):
    """The body of a reply.

    Attributes:
        fields: What it holds.
        first: Seconds until the first token came; ``None`` where the reply was no stream.
    """

    fields: Fields
    first: float | None = None


class Connection:
    """The open connections to one endpoint.

    Belongs, until it is closed, to the event loop in which its first request is made.

    Args:
        url: The address of the endpoint, up to ``/v1``.
        key: Where its key is found.
        reply_limit: The most bytes that a reply may have.
        public_only: Whether it may lie at public addresses only.
    """

    def __init__(self, url: str, key: Key, reply_limit: int, *, public_only: bool = False) -> None:
        self._url = url
        self._key = key
        self._reply_limit = reply_limit
        self._public_only = public_only
        self._client: AsyncOpenAI | None = None

    async def post(self, body: dict[str, Any]) -> Received | ChatError:
        """Make one request; a body that asks for a stream is answered when the stream has ended."""
        try:
            if body.get("stream"):
                return await self._streamed(body)
            response = await self._opened().post(_PATH, body=body, cast_to=httpx2.Response)
            return Received(self._body(response.content))
        except openai.APIStatusError as error:
            text = self._key.redacted(error.response.text)[:_QUOTED]
            return failed_status(error.status_code, error.response.headers, text)
        except openai.APIConnectionError as error:
            return self._broken(error.__cause__ or error)
        except MalformedReplyError as error:
            return type(error)(str(error))
        except failures() as error:
            return self._broken(error)

    async def _streamed(self, body: dict[str, Any]) -> Received | ChatError:
        start = anyio.current_time()
        response = await self._opened().post(
            _PATH,
            body=body,
            cast_to=httpx2.Response,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        assert isinstance(response, httpx2.Response)  # noqa: S101 - by cast_to
        try:
            if not response.headers.get("content-type", "").startswith(_EVENTS):
                return Received(self._body(await response.aread()))
            received = await _read(response, start)
            return self._redacted(received) if isinstance(received, Received) else received
        finally:
            with anyio.CancelScope(shield=True), anyio.move_on_after(_CLOSING):
                await response.aclose()

    def _opened(self) -> AsyncOpenAI:
        if self._client is None:
            key = self._key.read() or _NO_KEY
            self._client = client(self._url, key, self._reply_limit, public_only=self._public_only)
        return self._client

    def _body(self, content: bytes) -> Fields:
        return read_body(self._key.redacted_reply(content))

    def _redacted(self, received: Received) -> Received:
        """Return a streamed reply without the key, which may have come in pieces."""
        written = to_json(received.fields)
        clean = self._key.redacted_reply(written)
        return received if clean == written else received._replace(fields=read_body(clean))

    def _broken(self, cause: BaseException) -> ChatError:
        why = self._key.redacted(str(cause)) or type(cause).__name__
        return _kind(cause)(f"no reply from {self._url}: {why}")

    async def aclose(self) -> None:
        """Close all connections; a later request opens new ones."""
        opened, self._client = self._client, None
        if opened is not None:
            await opened.close()


async def _read(response: httpx2.Response, start: float) -> Received | ChatError:
    pieces = Pieces()
    first: float | None = None
    chunks = response.aiter_raw()
    async for chunk in chunks:
        pieces.feed(chunk)
        if first is None and pieces.begun:
            first = anyio.current_time() - start
        if pieces.over:
            await called_off(chunks, after=_LINGER if pieces.whole else 0.0)
            break
    if pieces.broke_off:
        return BrokenConnectionError("the stream ended before the answer did")
    return Received(pieces.body(), first)


def _kind(cause: BaseException) -> type[RequestRefusedError | UnavailableError]:
    if untrusted(cause):
        return RequestRefusedError
    return UnavailableError if unsent(cause) else BrokenConnectionError
