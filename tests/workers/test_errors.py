"""The tree of exceptions around model calls."""

from __future__ import annotations

import inspect

import pytest

from protocols.errors import TruthbidError
from workers import errors

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if found.__module__ == errors.__name__
]
ENDS = [found for found in CLASSES if issubclass(found, errors.ChatError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_exception_is_ours_and_drawn(kind: type[Exception]) -> None:
    """Each is caught as a TruthbidError and has its place in the tree at the top of the module."""
    assert issubclass(kind, TruthbidError)
    assert errors.__doc__ is not None
    assert f"+-- {kind.__name__}  " in errors.__doc__


@pytest.mark.parametrize("kind", ENDS)
def test_every_end_of_a_call_can_be_played_back(kind: type[errors.ChatError]) -> None:
    """Each is made from its message alone, as a recording holds no more."""
    assert str(kind("why")) == "why"


def test_mistakes_of_the_user_are_no_ends_of_a_call() -> None:
    """A worker that takes every failure of a model does not take these for one."""
    assert {kind for kind in CLASSES if kind not in ENDS} == {
        errors.UnknownPriceError,
        errors.MissingKeyError,
        errors.LiveCallError,
        errors.CassetteError,
    }
