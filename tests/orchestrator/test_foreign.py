"""What foreign code raises and hands over: words that fit a message, and fields that fit a class."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.foreign import LONGEST, checked, excuse
from protocols.messages import Failure, Refusal
from tests.orchestrator.journals import ANN, FIRST, lot

REFUSAL = Refusal(announcement=FIRST, task=lot().task, worker=ANN)


@given(st.text(st.characters(categories=["L", "Cs", "Cc", "So"]), max_size=50), st.integers(1, 99))
def test_whatever_is_raised_fits_a_message(said: str, times: int) -> None:
    """Broken text and endless text become words that can be recorded and read back."""
    reason = excuse("failed: ", RuntimeError(said * times))

    assert reason.startswith("failed: RuntimeError: ")
    assert len(reason) <= LONGEST
    refusal = Refusal(announcement=FIRST, task=lot().task, worker=ANN, reason=reason)
    assert Refusal.model_validate_json(refusal.model_dump_json()) == refusal


def test_a_sound_message_stays_what_it_is() -> None:
    """The check changes nothing."""
    assert checked(REFUSAL) == REFUSAL


@pytest.mark.parametrize("field", [{"charge": -1}, {"charge": 0.5}, {"reason": 7}, {"more": 1}])
def test_a_field_that_escaped_the_checks_is_found(field: dict[str, object]) -> None:
    """Copies with changed fields are not checked when they are made."""
    with pytest.raises(ValueError, match=next(iter(field))):
        checked(REFUSAL.model_copy(update=field))


def test_a_message_without_its_fields_is_found() -> None:
    """Neither are messages that were made without the checks."""
    unchecked: dict[str, Any] = {"announcement": FIRST}
    with pytest.raises(ValueError, match="reason"):
        checked(Failure.model_construct(**unchecked))
