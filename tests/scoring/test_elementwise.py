"""Elementary functions on one number and on arrays."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.elementwise import (
    clip,
    erf,
    exp,
    expm1,
    holds,
    log,
    positive_part,
    power,
    times,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "log": log,
    "exp": exp,
    "expm1": expm1,
    "erf": erf,
    "positive_part": positive_part,
    "power": lambda value: power(abs(value), 1.5),
    "square root": lambda value: power(abs(value), 0.5),
    "clip": partial(clip, low=-0.5, high=0.5),
    "where": lambda value: where(value, 0.25, below=value - 1.0, above=value),
    "times": lambda value: times(value, value + 1.0),
}

FEW = settings(max_examples=25)  # of each rule or form


@pytest.mark.parametrize("name", FUNCTIONS)
@FEW
@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=5))
def test_array_agrees_with_numbers(name: str, values: list[float]) -> None:
    """An array gives what its numbers give one by one."""
    function = FUNCTIONS[name]
    one_by_one = [function(value) for value in values]

    np.testing.assert_allclose(np.asarray(function(np.array(values))), one_by_one, rtol=1e-15)


def test_log_of_zero_is_minus_infinity() -> None:
    """The logarithm of zero is minus infinity without a warning, for arrays too."""
    assert log(0.0) == -math.inf
    assert log(np.array([0.0]))[0] == -math.inf


def test_times_ignores_infinity_under_zero_weight() -> None:
    """A weight of zero silences an infinite value."""
    assert times(0.0, -math.inf) == 0.0
    assert times(np.array([0.0, 1.0]), np.array([-math.inf, 2.0])).tolist() == [0.0, 2.0]


def test_expm1_overflows_to_infinity() -> None:
    """An exponent too large for a float gives infinity instead of an error."""
    assert expm1(1e4) == math.inf
    assert expm1(np.array([1e4]))[0] == math.inf


def test_holds_asks_every_number() -> None:
    """A condition on an array holds only if it holds everywhere."""
    assert holds(np.array([1.0, 2.0]) > 0.0)
    assert not holds(np.array([1.0, -2.0]) > 0.0)
