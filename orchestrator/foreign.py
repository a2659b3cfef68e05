"""What comes from code that is not ours: exceptions put into words, messages checked once more."""

from typing import TypeVar

from protocols.frozen import Frozen

M = TypeVar("M", bound=Frozen)

LONGEST = 2_000
"""What a note may be long."""


def excuse(before: str, error: BaseException) -> str:
    """Say what foreign code has raised, in words that every message can carry.

    >>> excuse("could not bid: ", KeyError("price"))
    "could not bid: KeyError: 'price'"
    """
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an exception may be broken itself
        said = "(it cannot be put into words)"
    return f"{before}{type(error).__name__}: {said}".encode("utf-8", "replace").decode()[:LONGEST]


def checked(message: M) -> M:
    """Return the message after a check of every field.

    Copies with changed fields escape the checks of their class, and what could not be read back
    must never reach the journal.

    Raises:
        ValueError: If a field is not what its class demands.
    """
    # what `model_validate` calls, at two thirds of its time: this is done for every bid
    checked_copy: M = type(message).__pydantic_validator__.validate_python(message.__dict__)
    return checked_copy
