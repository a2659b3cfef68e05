"""Events of planning: what tells one question from another."""

from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money


def test_every_call_has_a_key_and_every_draft_one_answer() -> None:
    """A lost call is asked again under its own number; a draft is answered once, whoever asks."""
    calls = [
        PlanAsked(number=number, attempt=attempt, call=call, planner="p", brief={})
        for number in (1, 2)
        for attempt in (1, 2)
        for call in (1, 2)
    ]
    first = PlanAnswered(number=1, attempt=2, text="a", cost=Money(3))
    other = PlanAnswered(number=1, attempt=2, text="b", cost=Money(4))

    assert len({asked.key for asked in calls}) == len(calls)
    assert first.key == other.key == "plan-answered\t1\t2"
