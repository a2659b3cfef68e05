"""When a failed model call is tried again: one table, one policy, one deadline for all of it.

    408 409 429 and 5xx, no connection     tried again, after what Retry-After says or a random wait
    429 for a spent quota                  not again: waiting does not fill an account
    every other status, redirects too      not again
    an attempt that may have been billed   again only if the reserve still holds the worst case

A wait that would not end before the deadline is not begun.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import anyio
from pydantic import Field
from pydantic_core import from_json

from protocols.frozen import Frozen
from workers.errors import EndpointError, RequestRefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tenacity import RetryCallState

Answer = TypeVar("Answer")

_PASSING: Final = frozenset({408, 409, 429})
_QUOTED: Final = 300
"""Characters of an endpoint's own words in an exception."""

_SPENT: Final = ("insufficient_quota", "billing_hard_limit_reached")


class Policy(Frozen):
    """How long and how often a model call is tried.

    Every paid attempt is reserved at its worst case. Asking again in a weaker dialect is free.
    """

    seconds: Annotated[
        float,
        Field(gt=0, le=86_400, description="Deadline of the call, waits and retries included."),
    ] = 60.0
    attempts: Annotated[
        int, Field(ge=1, le=20, description="The most requests that one call makes.")
    ] = 4
    paid: Annotated[
        int, Field(ge=1, le=20, description="How many of them may be billed; all are reserved.")
    ] = 2
    first_wait: Annotated[
        float,
        Field(ge=0, le=3_600, description="Longest wait before the second request, in seconds."),
    ] = 0.5
    longest_wait: Annotated[
        float, Field(ge=0, le=3_600, description="Where that wait stops doubling, in seconds.")
    ] = 20.0


async def retried(
    attempt: Callable[[], Awaitable[Answer]],
    policy: Policy,
    deadline: float,
    affordable: Callable[[], bool],
    turn: Callable[[], Awaitable[None]],
) -> Answer:
    """Make attempts until one succeeds, or fails in a way that waiting does not cure.

    Args:
        attempt: One request.
        policy: How often.
        deadline: When the call has to end, on the clock of the event loop.
        affordable: Whether the reserve holds one more attempt.
        turn: Waits until the endpoint may be asked once more.

    Raises:
        ChatError: That of the last attempt.
    """
    from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential

    jitter = wait_random_exponential(
        multiplier=policy.first_wait, max=policy.longest_wait, min=policy.first_wait / 2
    )

    def wait(state: RetryCallState) -> float:
        asked = _error(state).retry_after
        return jitter(state) if asked is None else asked

    def stop(state: RetryCallState) -> bool:
        late = anyio.current_time() + state.upcoming_sleep >= deadline
        return late or state.attempt_number >= policy.attempts

    async def sleep(seconds: float) -> None:
        await anyio.sleep(seconds)
        await turn()

    cured = retry_if_exception(lambda error: isinstance(error, UnavailableError) and affordable())
    loop = AsyncRetrying(sleep=sleep, retry=cured, wait=wait, stop=stop, reraise=True)
    return await loop(attempt)


def _error(state: RetryCallState) -> EndpointError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, EndpointError):
        raise TypeError(f"a retry without a failure: {error!r}")
    return error


def failed_status(status: int, headers: Mapping[str, str], text: str) -> EndpointError:
    """Turn a status that is no success into the exception that the table calls for."""
    passing = status in _PASSING or status >= 500
    if status == 429 and any(word in text for word in _SPENT):
        passing = False
    kind = UnavailableError if passing else RequestRefusedError
    said = _words(text)[:_QUOTED]
    return kind(
        f"the endpoint answers with status {status}" + (f": {said}" if said else ""),
        status=status,
        retry_after=retry_after(headers) if passing else None,
        text=text,
    )


def _words(text: str) -> str:
    """Return the message in an error, where it is worded as OpenAI does it."""
    try:
        message: object = from_json(text)["error"]["message"]
    except (ValueError, KeyError, TypeError, IndexError):
        return text
    return message if isinstance(message, str) else text


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds an endpoint asks to wait, if it says so in a way that makes sense.

    A date is taken relative to the date of the reply itself, so no clock has to be right.

    >>> retry_after({"retry-after": "1.5"}), retry_after({"retry-after": "soon"})
    (1.5, None)
    """
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        seconds = _seconds(headers.get(name, ""), unit)
        if seconds is not None:
            return seconds
    try:
        until = parsedate_to_datetime(headers["retry-after"])
        wait = (until - parsedate_to_datetime(headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait)


def _seconds(text: str, unit: float) -> float | None:
    try:
        seconds = float(text) * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds <= 1e9 else None
