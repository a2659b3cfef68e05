"""A function of the program as a verifier."""

import threading
from math import nan
from typing import Any

import anyio
import pytest

from tests.workers.verifiers.judging import success_of
from workers.ports import VerifierError
from workers.verifiers import check

pytestmark = pytest.mark.anyio


async def _is_digit(answer: str) -> bool:
    await anyio.lowlevel.checkpoint()
    return answer.isdigit()


async def test_check_asks_a_function() -> None:
    """Synchronous or not, yes and no or a share of success."""
    assert await success_of(check(str.isdigit), "391") == 1.0
    assert await success_of(check(_is_digit), "391") == 1.0
    assert await success_of(check(lambda _: 0.5), "x") == 0.5
    assert await success_of(check(lambda answer: _is_digit(answer), blocking=True), "391") == 1.0


async def test_a_blocking_check_runs_in_a_thread() -> None:
    """It does not hold up the event loop, and is abandoned when called off."""
    release = threading.Event()
    try:
        with anyio.move_on_after(0.01) as scope:
            await success_of(check(lambda _: release.wait(10), blocking=True), "x")
        assert scope.cancelled_caught
    finally:
        release.set()


@pytest.mark.parametrize("found", [None, "yes", nan, 1.5, -0.1])
async def test_a_check_that_says_nothing_is_no_verdict(found: Any) -> None:
    """What is no success from 0 to 1 is an error and not a wrong answer."""
    with pytest.raises(VerifierError, match="a check returns True, False or a number"):
        await success_of(check(lambda _: found), "x")
