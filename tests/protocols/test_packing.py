"""The integer programs of winner determination."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import InexactError, MechanismError
from protocols.packing import LARGEST, Limit, choose


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=7),
    st.lists(
        st.tuples(st.lists(st.integers(0, 5), min_size=7, max_size=7), st.integers(0, 12)),
        max_size=4,
    ),
)
def test_the_choice_equals_brute_force(
    scores: list[int], rows: list[tuple[list[int], int]]
) -> None:
    """No subset within the limits is worth a single nano-unit more."""
    limits = [
        Limit({item: use for item, use in enumerate(uses[: len(scores)]) if use}, amount)
        for uses, amount in rows
    ]
    best = 0
    for taken in product([0, 1], repeat=len(scores)):
        if all(
            sum(use * taken[item] for item, use in limit.uses.items()) <= limit.amount
            for limit in limits
        ):
            best = max(best, sum(score * take for score, take in zip(scores, taken, strict=True)))

    assert choose(scores, limits).worth == best


def test_an_impossible_demand_is_refused() -> None:
    """Where everything must be used and cannot be, there is no choice."""
    with pytest.raises(MechanismError, match="no choice"):
        choose([1], [Limit({0: 2}, 3, exactly=True)])


def test_scores_beyond_the_exact_range_are_refused() -> None:
    """Where the solver's floating point could hide a nano-unit it is not asked."""
    with pytest.raises(InexactError, match="announce fewer tasks"):
        choose([LARGEST + 1], [])
