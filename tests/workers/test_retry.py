"""The retry table and the wait that an endpoint asks for."""

from __future__ import annotations

from itertools import pairwise

import anyio
import pytest

from tests.workers.virtual_time import BACKENDS
from workers.errors import (
    DeadlineError,
    EndpointError,
    RequestRefusedError,
    UnavailableError,
)
from workers.retry import Policy, failed_status, retried, retry_after


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every asynchronous test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


NOW = "Sun, 22 Nov 2026 03:00:00 GMT"


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 529])
def test_what_passes_may_be_tried_again(status: int) -> None:
    """Timeouts, conflicts, limits and server errors are passing trouble."""
    assert isinstance(failed_status(status, {}, ""), UnavailableError)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 413, 422])
def test_what_does_not_pass_is_final(status: int) -> None:
    """Redirects and client errors are the same the next time."""
    assert isinstance(failed_status(status, {}, ""), RequestRefusedError)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 03:00:30 GMT", "date": NOW}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 02:00:00 GMT", "date": NOW}, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 03:00:30 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": f"Sun, 22 Nov 2026 03:00:30 +{9**20}", "date": NOW}, None),
    ],
)
def test_a_wait_is_read_where_it_makes_sense(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Seconds, milliseconds and dates relative to the reply's own; nonsense is no wait."""
    assert retry_after(headers) == seconds


def test_a_refusal_asks_for_no_wait() -> None:
    """The header of a final failure is of no use."""
    assert failed_status(400, {"retry-after": "5"}, "").retry_after is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"error": {"message": "no such model"}}', "no such model"),
        ('{"error": {"message": 7}}', '{"error": {"message": 7}}'),
        ('{"error": "no"}', '{"error": "no"}'),
        ("[1]", "[1]"),
        ("<html>", "<html>"),
        ("x" * 10_000, "x" * 300),
    ],
)
def test_a_failure_quotes_what_the_endpoint_said(text: str, said: str) -> None:
    """The message in OpenAI's wording, else the beginning of the text."""
    assert str(failed_status(404, {}, text)) == f"the endpoint answers with status 404: {said}"


class Endless:
    """An endpoint that never answers, and notes when it was asked."""

    def __init__(self, error: EndpointError) -> None:
        self.error = error
        self.times: list[float] = []

    async def attempt(self) -> str:
        """Fail."""
        self.times.append(anyio.current_time())
        raise self.error

    async def ended(self, policy: Policy, *, seconds: float = 1000.0, reserve: int = 99) -> None:
        """Make attempts until they end."""

        async def turn() -> None:
            pass

        deadline = anyio.current_time() + seconds
        with pytest.raises(type(self.error)):
            await retried(self.attempt, policy, deadline, lambda: len(self.times) < reserve, turn)


@pytest.mark.anyio
async def test_waits_double_and_are_never_nothing() -> None:
    """Random waits lie between half the first and a limit that doubles up to the longest."""
    endless = Endless(UnavailableError("no"))
    await endless.ended(Policy(first_wait=1.0, longest_wait=3.0, attempts=5))
    waits = [after - before for before, after in pairwise(endless.times)]
    assert all(0.5 <= wait <= most for wait, most in zip(waits, (1, 2, 3, 3), strict=True))


@pytest.mark.anyio
async def test_the_endpoint_knows_best_how_long_to_wait() -> None:
    """What it asks for is waited for exactly, however short or long the policy's waits are."""
    endless = Endless(UnavailableError("no", retry_after=77.0))
    await endless.ended(Policy(first_wait=0.5, longest_wait=3.0, attempts=3))
    assert [after - before for before, after in pairwise(endless.times)] == [77.0, 77.0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "seconds", "reserve", "attempts"),
    [
        (UnavailableError("no", retry_after=10.0), 25.0, 99, 3),
        (UnavailableError("no", retry_after=10.0), 1000.0, 2, 2),
        (UnavailableError("no", retry_after=10.0), 1000.0, 99, 4),
        (RequestRefusedError("no"), 1000.0, 99, 1),
        (DeadlineError("late"), 1000.0, 99, 1),
    ],
)
async def test_attempts_end(
    error: EndpointError, seconds: float, reserve: int, attempts: int
) -> None:
    """By the deadline, by the reserve, by the policy, or as waiting cannot cure the failure."""
    endless = Endless(error)
    start = anyio.current_time()
    await endless.ended(Policy(attempts=4), seconds=seconds, reserve=reserve)
    assert len(endless.times) == attempts
    assert anyio.current_time() - start <= seconds


@pytest.mark.anyio
async def test_every_attempt_but_the_first_waits_its_turn() -> None:
    """The first has had its turn when it comes; each of the others takes one more."""
    turns: list[int] = []
    made: list[int] = []

    async def turn() -> None:
        turns.append(len(made))

    async def attempt() -> str:
        made.append(1)
        if len(made) < 3:
            raise UnavailableError("no")
        return "4"

    assert await retried(attempt, Policy(), 1e9, lambda: True, turn) == "4"
    assert turns == [1, 2]
