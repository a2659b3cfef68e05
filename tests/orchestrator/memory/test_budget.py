"""The cash that may still be committed."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.memory.budget import Budget
from protocols.units import Money


@given(st.integers(0, 100), st.lists(st.integers(-50, 50), max_size=20))
def test_room_is_what_was_not_taken(cash: int, moves: list[int]) -> None:
    """Amounts are taken and given back; the room is the rest to the last nano-unit."""
    budget = Budget(Money(cash))
    for amount in moves:
        budget.take(amount)

    rest = cash - sum(moves)
    assert budget.capped
    assert budget.has_room(rest)
    assert not budget.has_room(rest + 1)


def test_without_a_cap_there_is_always_room() -> None:
    """Nothing is counted then."""
    budget = Budget()
    budget.take(10**18)

    assert not budget.capped
    assert budget.has_room(10**18)
