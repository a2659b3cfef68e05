"""The values of peer prediction and its draws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoring.peer import PeerRefusal, PeerScore, draw


@given(st.integers(), st.text())
def test_draw_depends_on_seed_and_name_alone(seed: int, name: str) -> None:
    """The same seed and name give the same number in [0, 1)."""
    assert draw(seed, name) == draw(seed, name)
    assert 0 <= draw(seed, name) < 1


def test_draws_of_different_names_are_spread_evenly() -> None:
    """A thousand names fill the unit interval with mean one half."""
    numbers = [draw(7, str(name)) for name in range(1000)]
    assert abs(sum(numbers) / 1000 - 0.5) < 0.03
    assert len(set(numbers)) == 1000


def test_names_are_not_run_together() -> None:
    """Two names and their concatenation are drawn apart."""
    assert draw(1, "ab", "c") != draw(1, "a", "bc")


def test_a_result_is_a_score_with_an_error_or_a_refusal_with_a_reason() -> None:
    """A score cannot be made without its standard error, nor a refusal without its reason."""
    assert PeerScore._fields == ("worker", "score", "comparisons", "standard_error")
    assert PeerRefusal._fields == ("worker", "reason")
    assert not PeerScore._field_defaults
