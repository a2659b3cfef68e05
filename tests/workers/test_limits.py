"""Limits of an endpoint: buckets as pure arithmetic, the gate in virtual time."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.virtual_time import BACKENDS
from workers.limits import Bucket, Gate, Limits

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every asynchronous test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


@given(
    st.floats(1, 10_000),
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 500)), min_size=1, max_size=30),
)
def test_no_window_lets_more_through_than_was_saved_and_came_in(
    per_minute: float, takes: list[tuple[float, float]]
) -> None:
    """Between any two admissions at most the capacity, the inflow and one amount pass."""
    bucket = Bucket(per_minute)
    rate = per_minute / 60.0
    capacity = max(1.0, rate * 5.0)
    now = 0.0
    admitted: list[tuple[float, float]] = []
    for pause, amount in takes:
        now += pause
        admitted.append((now + bucket.take(amount, now), amount))
    for first in range(len(admitted)):
        total = 0.0
        for time, amount in admitted[first:]:
            total += amount
            window = time - admitted[first][0]
            bound = capacity + rate * window + admitted[first][1]
            assert total <= bound * (1 + 1e-9) + 1e-6


def test_what_comes_in_never_exceeds_the_capacity() -> None:
    """An hour of silence saves up five seconds of tokens and no more."""
    bucket = Bucket(600.0)
    assert bucket.take(50.0, now=0.0) == 0.0
    assert bucket.take(50.0, now=3600.0) == 0.0
    assert bucket.take(10.0, now=3600.0) == pytest.approx(1.0)


def test_what_is_given_back_can_be_taken_again() -> None:
    """A call that used less than expected leaves room for the next."""
    bucket = Bucket(60.0)
    bucket.take(5.0, now=0.0)
    bucket.give_back(5.0)
    assert bucket.take(5.0, now=0.0) == 0.0


async def times(gate: Gate, calls: int, tokens: int = 0) -> list[float]:
    """Return when each of some calls at the same time gets its turn."""
    start = anyio.current_time()
    turns: list[float] = []

    async def call() -> None:
        await gate.turn(tokens)
        turns.append(anyio.current_time() - start)

    async with anyio.create_task_group() as group:
        for _ in range(calls):
            group.start_soon(call)
    return turns


async def test_requests_per_minute_are_kept() -> None:
    """Of 65 calls at once against 60 per minute five go at once, then one per second."""
    turns = await times(Gate(Limits(requests_per_minute=60)), 65)
    assert turns == pytest.approx([0.0] * 5 + [float(n) for n in range(1, 61)])


async def test_tokens_per_minute_are_kept() -> None:
    """Calls of 1000 tokens against 6000 per minute come every ten seconds after the first."""
    turns = await times(Gate(Limits(tokens_per_minute=6_000)), 4, tokens=1_000)
    assert turns == pytest.approx([5.0, 15.0, 25.0, 35.0])


async def test_unused_tokens_are_given_back() -> None:
    """An answer that took nothing makes the next call wait for nothing."""
    gate = Gate(Limits(tokens_per_minute=6_000))
    await gate.turn(500)
    gate.answered(unused=500)
    assert await times(gate, 1, tokens=500) == [0.0]


async def test_a_call_that_is_cancelled_takes_nothing() -> None:
    """Who is called off while waiting does not delay the others."""
    gate = Gate(Limits(tokens_per_minute=60))
    await gate.turn(5)
    with anyio.move_on_after(1.0):
        await gate.turn(600)
    assert await times(gate, 1, tokens=1) == pytest.approx([0.0])


async def test_without_limits_nobody_waits() -> None:
    """An endpoint without rates lets everything through at once."""
    assert await times(Gate(Limits()), 100, tokens=10**6) == [0.0] * 100


async def test_a_refusal_stops_all_calls_for_its_time() -> None:
    """After a 429 with Retry-After nobody asks before it is over."""
    gate = Gate(Limits())
    gate.refused(30.0)
    assert await times(gate, 3) == pytest.approx([30.0] * 3)


async def test_a_pause_has_a_longest_time() -> None:
    """An hour of Retry-After does not stop a run for an hour."""
    gate = Gate(Limits(longest_pause=10.0))
    gate.refused(3600.0)
    assert await times(gate, 1) == pytest.approx([10.0])


async def test_seats_halve_once_per_pause_and_come_back() -> None:
    """A burst of refusals counts once; as many answers as seats bring one back, up to the limit."""
    gate = Gate(Limits(seats=8))
    for _ in range(5):
        gate.refused(1.0)
    assert gate.seats == 4
    for _ in range(4):
        gate.answered(unused=0)
    assert gate.seats == 5
    for _ in range(1000):
        gate.answered(unused=0)
    assert gate.seats == 8


async def test_there_is_always_a_seat() -> None:
    """However often an endpoint balks, one call at a time is still made."""
    gate = Gate(Limits(seats=8))
    for _ in range(10):
        gate.refused(1.0)
        await anyio.sleep(1.0)
    assert gate.seats == 1


async def test_seats_limit_the_calls_at_one_time() -> None:
    """Three calls of a second each on one seat take three seconds."""
    gate = Gate(Limits(seats=1))
    start = anyio.current_time()

    async def call() -> None:
        async with gate.seat():
            await anyio.sleep(1.0)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(call)
    assert anyio.current_time() - start == pytest.approx(3.0)
