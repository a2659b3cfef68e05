"""Tests of draws that depend on names."""

from hypothesis import given
from hypothesis import strategies as st

from workers.chance import draws, stream, uniform


@given(seed=st.integers(), task=st.text(), attempt=st.integers(1, 9))
def test_draws_stay_in_the_unit_interval(seed: int, task: str, attempt: int) -> None:
    """Every draw is at least 0 and below 1."""
    found = (uniform(seed, task, attempt), *draws(stream(seed, "w"), task, attempt))
    assert all(0.0 <= each < 1.0 for each in found)


@given(seed=st.integers(), task=st.text())
def test_draws_are_fixed_by_their_names(seed: int, task: str) -> None:
    """The same names give the same draws."""
    assert draws(stream(seed, "w"), task, 1) == draws(stream(seed, "w"), task, 1)
    assert uniform(seed, task) == uniform(seed, task)


def test_any_other_name_gives_other_draws() -> None:
    """A change of seed, worker, task or attempt changes all five numbers."""
    start = draws(stream(1, "w"), "t1", 1)
    for other in (
        draws(stream(2, "w"), "t1", 1),
        draws(stream(1, "v"), "t1", 1),
        draws(stream(1, "w"), "t2", 1),
        draws(stream(1, "w"), "t1", 2),
    ):
        assert not set(start) & set(other)


def test_draws_are_spread_evenly() -> None:
    """The mean and variance of 20,000 draws are those of a uniform variable."""
    found = [each for n in range(4000) for each in draws(stream(7, "w"), str(n), 1)]
    mean = sum(found) / len(found)
    variance = sum((each - mean) ** 2 for each in found) / len(found)
    assert abs(mean - 1 / 2) < 0.01
    assert abs(variance - 1 / 12) < 0.002
