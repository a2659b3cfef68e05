"""Murphy's binned decomposition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.murphy import Bin, murphy_decomposition

PAIRS = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=40)


@given(PAIRS, st.integers(1, 20))
def test_parts_add_up(pairs: list[tuple[float, float]], bins: int) -> None:
    """Mean score = resolution - reliability - uncertainty + what the bins blur."""
    reports, outcomes = zip(*pairs, strict=True)
    result = murphy_decomposition(reports, outcomes, bins)

    parts = result.resolution - result.reliability - result.uncertainty + result.within_bins
    assert result.mean_score == pytest.approx(parts, abs=1e-12)
    assert sum(each.count for each in result.bins) == len(pairs)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0.0, 1.0])), min_size=1, max_size=40))
def test_equal_reports_in_a_bin_leave_no_blur(pairs: list[tuple[int, float]]) -> None:
    """With one report value a bin, Murphy's three terms are the whole score."""
    reports = [(k + 0.5) / 10 for k, _ in pairs]

    result = murphy_decomposition(reports, [outcome for _, outcome in pairs])
    assert result.within_bins == pytest.approx(0.0, abs=1e-12)


def test_bins_by_hand() -> None:
    """Two reports of .2 with one success and two of .8 with two give these bins and terms."""
    result = murphy_decomposition([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1])

    assert result.bins == (Bin(0.2, 0.5, 2), Bin(0.8, 1.0, 2))
    assert result.reliability == pytest.approx((0.09 + 0.04) / 2)
    assert result.resolution == pytest.approx(0.0625)
    assert result.uncertainty == pytest.approx(0.1875)


def test_a_report_of_one_is_in_the_last_bin() -> None:
    """The last bin includes its upper end."""
    assert murphy_decomposition([0.95, 1.0], [1, 1]).bins == (Bin(0.975, 1.0, 2),)


def test_needs_a_bin() -> None:
    """No bins at all is an error."""
    with pytest.raises(ValueError, match="one bin"):
        murphy_decomposition([0.5], [1], bins=0)
