"""Tests of standard errors of differences on questions that come in groups."""

import numpy as np
import pytest

from orchestrator.bench.grouped import grouped_errors


def test_the_error_is_that_of_a_mean() -> None:
    """With every question its own group it is the standard deviation over the root of n."""
    draws = np.random.default_rng(0).normal(size=(400, 1))
    error = grouped_errors(draws, np.arange(400), 0)[0]
    assert error == pytest.approx(draws.std() / 20, rel=0.1)


def test_groups_count_once() -> None:
    """Ten copies of the same question in one group teach no more than one."""
    draws = np.random.default_rng(0).normal(size=(50, 1))
    once = grouped_errors(draws, np.arange(50), 0)
    copied = grouped_errors(draws.repeat(10, axis=0), np.arange(50).repeat(10), 0)
    assert copied == pytest.approx(once)


def test_what_is_always_equal_has_no_error() -> None:
    """A way of choosing that is compared with itself differs by 0, surely."""
    assert grouped_errors(np.zeros((30, 2)), np.arange(30), 0).tolist() == [0.0, 0.0]
