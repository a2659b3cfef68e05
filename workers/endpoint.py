"""Model calls to any OpenAI-compatible endpoint."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

import anyio

from workers.chat import Chat, ChatRequest, Reply
from workers.dialect import COMPATIBLE, OPENAI, Dialect, worst_usage
from workers.errors import (
    BrokenConnectionError,
    ChatError,
    DeadlineError,
    EndpointError,
    MissingKeyError,
    UnavailableError,
    UnstructuredAnswerError,
)
from workers.key import Key
from workers.limits import Gate, Limits
from workers.live_calls import check_live_call
from workers.meter import NOTHING
from workers.reply import expected_tokens, fits, read_reply, read_usage
from workers.retry import Policy, retried
from workers.tracing import model_call

if TYPE_CHECKING:
    from workers.connection import Received
    from workers.meter import Meter
    from workers.prices import Usage

OPENAI_URL: Final = "https://api.openai.com/v1"
REPLY_LIMIT: Final = 8_000_000
"""Bytes that a reply may have: far more than the longest answer."""

_BUSY: Final = 429


class Address(NamedTuple):
    """What endpoints must have in common to share their connections.

    Attributes:
        url: The address up to ``/v1``.
        key: Where the key is found.
        reply_limit: The most bytes that a reply may have.
        untrusted: Whether it must be public.
    """

    url: str
    key: Key
    reply_limit: int
    untrusted: bool


class Endpoint(Chat):
    """An OpenAI-compatible server that answers chat completions.

    Works on asyncio and trio; belongs to the event loop in which its first call is made. Retries
    are made here and nowhere else. Seats, rates and connections are its own
    until it is made to share them; see `workers.sharing`.

    Args:
        base_url: Its address up to ``/v1``; ``None`` is OpenAI's own.
        api_key_env: The environment variable that holds the key. Only OpenAI's own endpoint must
            have one.
        policy: Deadline and retries.
        limits: How many calls at one time and per minute.
        reply_limit: The most bytes that a reply may have.
        unmarked_end: The endpoint does not say how an answer ended.
        stream: Answers are read as they are written: their first token is timed, and one that
            outgrows ``reply_limit`` is stopped at that length.
        untrusted: Whoever wrote the address may want to reach what only this machine can: it is
            called at public addresses alone, past any proxy.

    Attributes:
        address: Where calls go.
        limits: How many calls at one time and per minute.
        connection: Over what they go.
        gate: What lets them through.

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
        stream: bool = False,
        untrusted: bool = False,
    ) -> None:
        self._url = (base_url or OPENAI_URL).rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{self._url!r} is no address of an endpoint, as http://127.0.0.1/v1")
        if parts.username or parts.password:
            raise ValueError("an address must not hold a key; name its variable in api_key_env")
        self._key = Key(api_key_env)
        if self._key.read() is None and base_url is None:
            raise MissingKeyError(api_key_env, self._url)
        self.policy = policy or Policy()
        self.limits = limits or Limits()
        self.address = Address(self._url, self._key, reply_limit, untrusted)
        self._unmarked_end = unmarked_end
        self._dialect = replace(COMPATIBLE if base_url else OPENAI, stream=stream)
        self._alone()

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
        check_live_call(self._url)
        gate = self.gate
        turn = partial(gate.turn, expected_tokens(request))
        seconds = self.policy.seconds
        worst = worst_usage(request)
        async with gate.seat():
            await turn()
            deadline = anyio.current_time() + seconds
            attempt = partial(self._attempt, request, meter, worst)
            affordable = partial(meter.affords, worst)
            with anyio.move_on_after(seconds), model_call(request, self._url) as note:
                reply = await retried(attempt, self.policy, deadline, affordable, turn)
                note(reply)
                return reply
        raise DeadlineError(f"no answer within {seconds:g} seconds, in {meter.attempts} attempts")

    async def _attempt(self, request: ChatRequest, meter: Meter, worst: Usage) -> Reply:
        dialect, received, usage = await self._understood(request, meter, worst)
        reply = read_reply(
            received.fields,
            usage,
            tools=bool(request.tools),
            called=dialect.calls_answer(request),
            unmarked_end=self._unmarked_end,
        )
        if request.form is not None and not reply.calls and not fits(reply.text, request.form):
            self._dialect = dialect.weaker_form(request) or dialect
            raise UnstructuredAnswerError("the answer is not JSON with the fields asked for")
        return reply._replace(first=received.first)

    async def _understood(
        self, request: ChatRequest, meter: Meter, worst: Usage
    ) -> tuple[Dialect, Received, Usage]:
        """Ask in the strongest dialect that the endpoint has not refused."""
        first = dialect = self._dialect
        tried = {dialect}
        while True:
            try:
                received, usage = await self._post(dialect, request, meter, worst)
            except EndpointError as error:
                weaker = dialect.weaker(error.status or 0, error.text, request)
                if weaker is None or weaker in tried:
                    raise
                dialect = weaker
                tried.add(weaker)
            else:
                if dialect is not first:
                    self._dialect = dialect
                return dialect, received, usage

    async def _post(
        self, dialect: Dialect, request: ChatRequest, meter: Meter, worst: Usage
    ) -> tuple[Received, Usage]:
        attempt = meter.start(worst)
        received = await self.connection.post(dialect.body(request))
        if isinstance(received, ChatError):
            if isinstance(received, EndpointError) and not isinstance(
                received, BrokenConnectionError
            ):
                meter.end(attempt, NOTHING)
                if received.status == _BUSY and isinstance(received, UnavailableError):
                    self.gate.refused(received.retry_after)
            raise received
        usage = read_usage(received.fields, request)
        meter.end(attempt, usage)
        self.gate.answered(expected_tokens(request) - usage.input - usage.output)
        return received, usage

    def _alone(self) -> None:
        """Take seats, rates and connections that are shared with nobody."""
        from workers.connection import Connection  # takes a second, which no call should wait for

        url, key, reply_limit, untrusted = self.address
        self.connection = Connection(url, key, reply_limit, public_only=untrusted)
        self.gate = Gate(self.limits)

    async def aclose(self) -> None:
        """Close all connections and share no longer; a later call opens new ones."""
        connection = self.connection
        self._alone()
        await connection.aclose()
