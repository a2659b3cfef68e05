"""Standard errors by drawing the tasks again."""

import numpy as np
import pytest

from orchestrator.evaluation.resampling import bootstrap_errors


def test_near_the_textbook() -> None:
    """For a mean it is the standard deviation over the root of the count, within a tenth."""
    rows = np.random.default_rng(1).normal(size=(400, 2)) * [1.0, 5.0]
    assert bootstrap_errors(rows) == pytest.approx(rows.std(axis=0) / 20, rel=0.1)


def test_what_is_paired_stays_paired() -> None:
    """Two columns that differ by a constant have one and the same error, draw for draw."""
    column = np.arange(10.0)
    first, second = bootstrap_errors(np.stack([column, column + 3], axis=1))
    assert first == pytest.approx(second)


def test_a_seed_fixes_the_draws() -> None:
    """The same seed gives the same error, another one gives another."""
    rows = np.arange(10.0)[:, None]
    assert bootstrap_errors(rows, 1) == bootstrap_errors(rows, 1)
    assert bootstrap_errors(rows, 1) != bootstrap_errors(rows, 2)


def test_one_row_has_no_error() -> None:
    """A single task says nothing of how much tasks differ."""
    assert np.isnan(bootstrap_errors(np.ones((1, 2)))).all()
