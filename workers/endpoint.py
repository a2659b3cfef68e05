"""Model calls to any OpenAI-compatible endpoint."""

from __future__ import annotations

import os
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import anyio

from workers.chat import Chat, ChatRequest, Reply
from workers.dialect import COMPATIBLE, OPENAI, worst_usage
from workers.errors import (
    BrokenConnectionError,
    ChatError,
    DeadlineError,
    EndpointError,
    LiveCallError,
    MalformedReplyError,
    MissingKeyError,
    UnavailableError,
)
from workers.key import Key
from workers.limits import Gate, Limits
from workers.meter import NOTHING
from workers.reply import expected_tokens, read_body, read_reply, read_usage
from workers.retry import Policy, failed_status, retrying

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from workers.meter import Meter
    from workers.prices import Usage
    from workers.reply import Fields

OPENAI_URL: Final = "https://api.openai.com/v1"
REPLY_LIMIT: Final = 8_000_000
"""Bytes that a reply may have: far more than the longest answer."""

NO_LIVE_CALLS: Final = "TRUTHBID_NO_LIVE_CALLS"
"""The environment variable that forbids every call to an endpoint, as tests want it."""

_NO_KEY: Final = "none"
_QUOTED: Final = 2_000
_BUSY: Final = 429


class Endpoint(Chat):
    """An OpenAI-compatible server that answers chat completions.

    Works on asyncio and trio; belongs to the event loop in which its first call is made. Retries
    are made here and nowhere else.

    Args:
        base_url: Its address up to ``/v1``; ``None`` is OpenAI's own.
        api_key_env: The environment variable that holds the key. Only OpenAI's own endpoint must
            have one.
        policy: Deadline and retries.
        limits: How many calls at one time and per minute.
        reply_limit: The most bytes that a reply may have.
        unmarked_end: The endpoint does not say how an answer ended.

    Raises:
        MissingKeyError: If OpenAI's own endpoint is asked for without a key.
        ValueError: If the address is no HTTP address, or the key cannot be sent.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        api_key_env: str = "OPENAI_API_KEY",
        policy: Policy | None = None,
        limits: Limits | None = None,
        reply_limit: int = REPLY_LIMIT,
        unmarked_end: bool = False,
    ) -> None:
        self._url = base_url or OPENAI_URL
        parts = urlsplit(self._url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{self._url!r} is no address of an endpoint, as http://127.0.0.1/v1")
        if parts.username or parts.password:
            raise ValueError("an address must not hold a key; name its variable in api_key_env")
        self._key = Key(api_key_env)
        if self._key.read() is None and base_url is None:
            raise MissingKeyError(api_key_env, self._url)
        self.policy = policy or Policy()
        self._limits = limits or Limits()
        self._gate: Gate | None = None
        self._reply_limit = reply_limit
        self._unmarked_end = unmarked_end
        self._dialect = COMPATIBLE if base_url else OPENAI
        self._client: AsyncOpenAI | None = None
        import_module("workers.transport")  # takes a second, which no call should wait for

    def __repr__(self) -> str:
        return f"Endpoint({self._url!r})"

    async def complete(self, request: ChatRequest, meter: Meter) -> Reply:
        """Answer one call, trying again as the policy says.

        The deadline starts to run when the limits have let the call through.

        Raises:
            DeadlineError: If the deadline passed before there was an answer.
            ChatError: If there is no usable answer; its class says why.
            LiveCallError: If no endpoint may be called.
        """
        if os.environ.get(NO_LIVE_CALLS):
            raise LiveCallError(f"{NO_LIVE_CALLS} is set, and {self._url} was called")
        gate = self._entered()
        turn = partial(gate.turn, expected_tokens(request))
        seconds = self.policy.seconds
        async with gate.seat():
            await turn()
            affordable = partial(meter.affords, worst_usage(request))
            deadline = anyio.current_time() + seconds
            loop = retrying(self.policy, deadline, affordable, turn)
            with anyio.move_on_after(seconds):
                return await loop(self._attempt, request, meter)
        raise DeadlineError(f"no answer within {seconds:g} seconds, in {meter.attempts} attempts")

    async def _attempt(self, request: ChatRequest, meter: Meter) -> Reply:
        fields, usage = await self._understood(request, meter)
        return read_reply(fields, usage, tools=bool(request.tools), unmarked_end=self._unmarked_end)

    async def _understood(self, request: ChatRequest, meter: Meter) -> tuple[Fields, Usage]:
        """Ask in the strongest dialect that the endpoint has not refused."""
        dialect = self._dialect
        tried = {dialect}
        while True:
            try:
                answered = await self._post(dialect.body(request), request, meter)
            except EndpointError as error:
                weaker = dialect.weaker(error.status or 0, error.text, request)
                if weaker is None or weaker in tried:
                    raise
                dialect = weaker
                tried.add(weaker)
            else:
                self._dialect = dialect
                return answered

    async def _post(
        self, body: dict[str, Any], request: ChatRequest, meter: Meter
    ) -> tuple[Fields, Usage]:
        attempt = meter.start(worst_usage(request))
        answer = await self._send(body)
        if isinstance(answer, ChatError):
            if isinstance(answer, EndpointError) and not isinstance(answer, BrokenConnectionError):
                meter.end(attempt, NOTHING)
                if answer.status == _BUSY and isinstance(answer, UnavailableError):
                    self._entered().refused(answer.retry_after)
            raise answer
        fields = read_body(answer)
        usage = read_usage(fields, request)
        meter.end(attempt, usage)
        self._entered().answered(expected_tokens(request) - usage.input - usage.output)
        return fields, usage

    async def _send(self, body: dict[str, Any]) -> bytes | ChatError:
        """Make one request. Failures are returned: those of the client hold its headers."""
        import httpx2
        import openai

        from workers.transport import failures

        try:
            response = await self._connected().post(
                "/chat/completions", body=body, cast_to=httpx2.Response
            )
        except openai.APIStatusError as error:
            text = self._key.redacted(error.response.text[:_QUOTED])
            return failed_status(error.status_code, error.response.headers, text)
        except openai.APIConnectionError as error:
            return self._broken(error.__cause__ or error)
        except MalformedReplyError as error:
            return type(error)(str(error))
        except failures() as error:
            return self._broken(error)
        return response.content

    def _broken(self, cause: BaseException) -> EndpointError:
        from workers.transport import unsent

        kind = UnavailableError if unsent(cause) else BrokenConnectionError
        why = self._key.redacted(str(cause)) or type(cause).__name__
        return kind(f"no reply from {self._url}: {why}")

    def _entered(self) -> Gate:
        if self._gate is None:
            self._gate = Gate(self._limits)
        return self._gate

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            from workers.transport import client

            self._client = client(self._url, self._key.read() or _NO_KEY, self._reply_limit)
        return self._client

    async def aclose(self) -> None:
        """Close all connections; a later call opens new ones."""
        client, self._client = self._client, None
        self._gate = None
        if client is not None:
            await client.close()
