"""Two workers head to head."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.comparison import head_to_head
from scoring.pool import kilgour_gerchak

SCORES = st.dictionaries(st.integers(0, 9), st.floats(-1.0, 0.0), min_size=8)


@given(SCORES, SCORES)
def test_only_common_tasks_count(scores: dict[int, float], others: dict[int, float]) -> None:
    """The difference and its standard error are those of the common tasks."""
    common = sorted(scores.keys() & others.keys())
    differences = np.array([scores[task] - others[task] for task in common])

    result = head_to_head(scores, others)
    assert result.tasks == len(common)
    assert result.difference == pytest.approx(float(differences.mean()), abs=1e-12)
    expected = float(differences.std(ddof=1)) / math.sqrt(len(common))
    assert result.standard_error == pytest.approx(expected, abs=1e-12)


@given(SCORES, SCORES)
def test_comparison_is_antisymmetric(scores: dict[int, float], others: dict[int, float]) -> None:
    """Changing sides changes the sign."""
    there, back = head_to_head(scores, others), head_to_head(others, scores)

    assert there.difference == pytest.approx(-back.difference, abs=1e-12)
    assert there.standard_error == pytest.approx(back.standard_error, abs=1e-12)


def test_two_workers_pay_each_other_the_difference() -> None:
    """For two workers the Kilgour-Gerchak payment of a task is the difference of scores."""
    scores, others = {"a": -0.1, "b": -0.3}, {"a": -0.4, "b": -0.2}
    payments = [kilgour_gerchak([scores[task], others[task]])[0] for task in ("a", "b")]

    assert head_to_head(scores, others).difference == pytest.approx(sum(payments) / 2)


def test_no_comparison_without_a_standard_error() -> None:
    """One common task, or a score that is not finite, is refused."""
    with pytest.raises(ValueError, match="two common tasks"):
        head_to_head({"a": 0.0, "b": 0.0}, {"a": 0.0})
    with pytest.raises(ValueError, match="finite"):
        head_to_head({"a": 0.0, "b": -math.inf}, {"a": 0.0, "b": 0.0})
