"""Reports with their outcomes, checked."""

from __future__ import annotations

import pytest

from scoring.sample import sample


def test_sample_is_two_arrays_of_numbers() -> None:
    """Reports and outcomes come back as arrays, booleans as 0 and 1."""
    reports, outcomes = sample([0.1, 0.9], [False, True])

    assert reports.tolist() == [0.1, 0.9]
    assert outcomes.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("reports", "outcomes"),
    [([], []), ([0.5], [1, 0]), ([1.5], [1]), ([0.5], [2]), ([None], [1]), ([[0.5]], [[1]])],
)
def test_bad_samples_are_refused(reports: list[float], outcomes: list[int]) -> None:
    """Empty, unequal, missing and out-of-range inputs are errors."""
    with pytest.raises(ValueError, match=r"at least one|\[0, 1\]|missing"):
        sample(reports, outcomes)
