"""Budgets of workers and kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.memory.caps import BudgetSettings, Caps, Charge, budget_settings
from protocols.units import WorkerId

ANN, BOB = WorkerId("ann"), WorkerId("bob")
MOVES = st.tuples(
    st.sampled_from([ANN, BOB, None]), st.sampled_from(["a", "b"]), st.integers(-9, 9)
)


def caps() -> Caps:
    """Return a cap of 20 nano-units on ann and one of 30 on kind a."""
    given = {"workers": {"ann": "0.00000002"}, "kinds": {"a": "0.00000003"}}
    return Caps(BudgetSettings.model_validate(given))


@given(st.lists(MOVES, max_size=20))
def test_room_is_what_was_not_taken(moves: list[Charge]) -> None:
    """Each cap counts what bears its name, to the last nano-unit, and nobody else is capped."""
    counted = caps()
    counted.take(moves)
    ann = 20 - sum(amount for worker, _, amount in moves if worker == ANN)
    kind = 30 - sum(amount for _, name, amount in moves if name == "a")

    for worker, name, room in ((ANN, "b", ann), (BOB, "a", kind), (ANN, "a", min(ann, kind))):
        assert room <= 0 or counted.has_room([(worker, name, room)])
        assert room < 0 or not counted.has_room([(worker, name, room + 1)])
    assert counted.has_room([(BOB, "b", 10**15)])


def test_charges_that_come_together_count_together() -> None:
    """Two halves that fit alone do not fit together; the reason names the cap."""
    counted = caps()
    assert counted.has_room([(ANN, "b", 15)])
    short = counted.short([(ANN, "b", 15), (ANN, "b", 15)])
    assert short == "the budget of worker 'ann', 0.00000002, has no room for it"
    assert counted.short([(BOB, "a", 31)]) == (
        "the budget of kind 'a', 0.00000003, has no room for it"
    )


def test_what_costs_nothing_always_fits() -> None:
    """Also where a cap is used up, or was exceeded."""
    counted = caps()
    counted.take([(ANN, "a", 50)])
    assert counted.has_room([(ANN, "a", 0)])


def test_without_settings_there_is_no_cap() -> None:
    """Nothing is counted then."""
    counted = Caps()
    counted.take([(ANN, "a", 10**15)])
    assert not counted.capped
    assert counted.has_room([(ANN, "a", 10**15)])


def test_a_bad_setting_is_one_clear_line() -> None:
    """It says where."""
    with pytest.raises(
        ValueError, match=r"^budgets: workers\.ann: Value error, expected an amount"
    ):
        budget_settings({"workers": {"ann": True}})
