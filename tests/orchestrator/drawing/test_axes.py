"""Scales hold what they show and have round ticks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drawing.axes import axis, tick_text

VALUES = st.lists(
    st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda value: round(value, 9)), min_size=1
)


@given(VALUES, st.booleans())
def test_every_value_has_a_place(values: list[float], snug: bool) -> None:
    """All values lie between the ends, and so do the ticks, in their order."""
    scale = axis(values, 10, 400, snug=snug)
    slack = 1e-6 * (scale.high - scale.low)
    assert scale.low - slack <= min(values) <= max(values) <= scale.high + slack
    assert all(9 <= scale.place(value) <= 401 for value in [*values, *scale.ticks])
    assert all(left < right for left, right in pairwise(scale.ticks))
    assert len(scale.ticks) <= 8


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.0, 49.0], (0.0, 20.0, 40.0, 60.0)),
        ([-0.3, 0.1], (-0.3, -0.2, -0.1, 0.0, 0.1)),
        ([0.0], (-1.0, -0.5, 0.0, 0.5, 1.0)),
        ([3e-9, 7e-9], (3e-9, 4e-9, 5e-9, 6e-9, 7e-9)),
    ],
)
def test_ticks_are_round(values: list[float], ticks: tuple[float, ...]) -> None:
    """Ticks are at 1, 2, 2.5 or 5 times a power of ten, even for the smallest money."""
    assert axis(values, 0, 100).ticks == pytest.approx(ticks)


def test_tick_texts() -> None:
    """Ticks are written the way people write them."""
    texts = [tick_text(value) for value in (0.0, -0.25, 12_000.0, 3e-9, 2.5e6)]
    assert texts == ["0", "-0.25", "12,000", "3e-09", "2.5M"]
