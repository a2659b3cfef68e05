"""The retry table and the wait that an endpoint asks for."""

from __future__ import annotations

import pytest

from workers.errors import RequestRefusedError, UnavailableError
from workers.retry import failed_status, retry_after

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
