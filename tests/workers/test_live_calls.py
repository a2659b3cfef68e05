"""The switch against live calls."""

import os

import pytest

from workers.errors import LiveCallError
from workers.live_calls import NO_LIVE_CALLS, check_live_call, no_live_calls


def test_calls_are_allowed_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, or with an empty one, nothing is refused."""
    monkeypatch.delenv(NO_LIVE_CALLS, raising=False)
    check_live_call("http://a/v1")
    monkeypatch.setenv(NO_LIVE_CALLS, "")
    check_live_call("http://a/v1")


def test_the_variable_forbids_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable and the address."""
    monkeypatch.setenv(NO_LIVE_CALLS, "1")
    with pytest.raises(LiveCallError, match=rf"{NO_LIVE_CALLS} is set, and http://a/v1"):
        check_live_call("http://a/v1")


@pytest.mark.parametrize("before", [None, "1"])
def test_the_block_leaves_the_environment_as_it_was(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    """Blocks nest, each sees what was tried inside of it, and the variable is put back."""
    monkeypatch.delenv(NO_LIVE_CALLS, raising=False)
    if before is not None:
        monkeypatch.setenv(NO_LIVE_CALLS, before)
    with no_live_calls() as outer:
        with no_live_calls() as inner, pytest.raises(LiveCallError):
            check_live_call("http://a/v1")
        with pytest.raises(LiveCallError):
            check_live_call("http://b/v1")
    assert (inner, outer) == (["http://a/v1"], ["http://a/v1", "http://b/v1"])
    assert os.environ.get(NO_LIVE_CALLS) == before
