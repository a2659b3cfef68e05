"""How many calls an endpoint gets at one time and per minute, and how that adapts when it balks.

Seats follow the rule of congestion control, additive increase and multiplicative decrease (Chiu and
Jain 1989): a 429 halves them, as many answers in a row as there are seats add one. Requests and
tokens per minute run through token buckets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import anyio
from pydantic import Field

from protocols.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

_BURST_SECONDS: Final = 5.0


class Limits(Frozen):
    """What an endpoint may be asked, by all who call it in a run with the same key."""

    seats: Annotated[int, Field(ge=1, le=10_000, description="The most calls at one time.")] = 100
    requests_per_minute: Annotated[
        float | None, Field(gt=0, le=1e9, description="The most requests; no limit if left out.")
    ] = None
    tokens_per_minute: Annotated[
        float | None,
        Field(gt=0, le=1e12, description="The most tokens, prompts and answers together."),
    ] = None
    pause: Annotated[
        float,
        Field(ge=0, le=3_600, description="Seconds that all calls stop after a bare 429."),
    ] = 1.0
    longest_pause: Annotated[
        float,
        Field(ge=0, le=3_600, description="The most seconds that they stop, whatever a 429 says."),
    ] = 60.0
    shared: Annotated[
        bool,
        Field(
            description="Whether they hold for all who call the endpoint with the same key; else for"
            " the calls of this one alone, as where an endpoint limits each model by itself."
        ),
    ] = True


_STRICTER: Final[Mapping[str, Callable[[Iterable[float]], float]]] = {
    "seats": min,
    "requests_per_minute": min,
    "tokens_per_minute": min,
    "pause": max,
    "longest_pause": max,
}


def strictest(several: Sequence[Limits]) -> Limits:
    """Return what holds where several callers give limits for one endpoint.

    A field that only one of them changes counts as it says; of one that several change, the
    strictest.

    >>> strictest([Limits(), Limits(seats=200), Limits(pause=2), Limits(pause=3)]) == Limits(seats=200, pause=3)
    True
    """
    usual, found = Limits(), dict[str, Any]()
    for name, stricter in _STRICTER.items():
        default = getattr(usual, name)
        said = [each for each in (getattr(limits, name) for limits in several) if each != default]
        if said:
            found[name] = stricter(said)
    return Limits(**found)


class Bucket:
    """A token bucket that may go into debt: who takes too much waits until it is paid back.

    In any time of ``t`` seconds at most ``capacity + rate * t`` is let through, and one amount more.

    Args:
        per_minute: What flows in, per minute. Five seconds of it, but at least 1, can be saved up.

    >>> bucket = Bucket(60.0)
    >>> [bucket.take(1.0, now=0.0) for _ in range(7)]
    [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0]
    """

    def __init__(self, per_minute: float) -> None:
        self._rate = per_minute / 60.0
        self._capacity = max(1.0, self._rate * _BURST_SECONDS)
        self._level = self._capacity
        self._time = float("-inf")

    def take(self, amount: float, now: float) -> float:
        """Take an amount; returns the seconds to wait before it may be used."""
        refill = self._rate * (now - self._time) if self._time <= now else 0.0
        self._level = min(self._capacity, self._level + refill) - amount
        self._time = max(self._time, now)
        return max(0.0, -self._level / self._rate)

    def give_back(self, amount: float) -> None:
        """Return what was taken and not used."""
        self._level = min(self._capacity, self._level + amount)


class Gate:
    """Lets calls through to one endpoint, in the order in which they came.

    Belongs to the event loop in which it is first used.

    Args:
        limits: What the endpoint may be asked.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seats: anyio.CapacityLimiter | None = None
        self._room = limits.seats
        self._answers = 0
        self._paused_until = float("-inf")
        requests, tokens = limits.requests_per_minute, limits.tokens_per_minute
        self._requests = Bucket(requests) if requests else None
        self._tokens = Bucket(tokens) if tokens else None

    @property
    def seats(self) -> int:
        """How many calls may run at one time now."""
        return self._room

    def seat(self) -> AbstractAsyncContextManager[object]:
        """Return what waits for a seat when it is entered, and holds it until it is left."""
        if self._seats is None:  # made in the event loop that uses it
            self._seats = anyio.CapacityLimiter(self._room)
        return self._seats

    async def turn(self, tokens: int) -> None:
        """Wait until one more request of so many tokens may be made."""
        now = anyio.current_time()
        waits = [0.0]
        taken = [(self._requests, 1.0), (self._tokens, float(tokens))]
        for bucket, amount in taken:
            if bucket is not None:
                waits.append(bucket.take(amount, now))
        try:
            if wait := max(waits):
                await anyio.sleep(wait)
            while anyio.current_time() < self._paused_until:  # noqa: ASYNC110 - it may be moved
                await anyio.sleep_until(self._paused_until)
        except BaseException:
            for bucket, amount in taken:
                if bucket is not None:
                    bucket.give_back(amount)
            raise

    def answered(self, unused: int) -> None:
        """Note an answer, and how many tokens fewer than expected it took."""
        if self._tokens is not None:
            self._tokens.give_back(float(unused))
        self._answers += 1
        if self._answers >= self._room and self._room < self._limits.seats:
            self._resize(self._room + 1)

    def refused(self, retry_after: float | None) -> None:
        """Note a 429: all calls pause, and there are half as many seats, once per pause."""
        now = anyio.current_time()
        if now >= self._paused_until:
            self._resize(max(1, self._room // 2))
        pause = self._limits.pause if retry_after is None else retry_after
        until = now + min(pause, self._limits.longest_pause)
        self._paused_until = max(self._paused_until, until)

    def _resize(self, room: int) -> None:
        self._answers, self._room = 0, room
        if self._seats is not None:
            self._seats.total_tokens = room
