"""The fold over calls whose answers were lost."""

from orchestrator.evaluation.lost_calls import LostCalls
from orchestrator.memory.ledger import JUDGING, PLANNING, hold, spend, spent
from protocols.consultation import Consulted
from protocols.events import Event, Started, Unsettled
from protocols.planning import PlanAsked
from protocols.units import Money
from tests.orchestrator.journals import ANN, FIRST, run, started
from tests.orchestrator.small_runs import T1


def repeated(account: str, held: int) -> dict[str, object]:
    """Return what the event of a second call books."""
    return {
        "call": 2,
        "transfers": (*spend(Money(held), Money(held), account, "bill"), *hold(Money(held))),
    }


def test_first_calls_and_their_bills_are_no_losses() -> None:
    """A run without a crash has no reserve, though it has bills."""
    lost = LostCalls()
    for event in run():
        lost.note(event)
    assert lost == LostCalls()


def test_workers_judges_and_planners_can_lose_answers() -> None:
    """Each second call is one lost answer, and what it books as billed is the reserve."""
    asked = PlanAsked(number=1, attempt=1, planner="p", prompts="1", brief={}, transfers=())
    judged = Consulted(announcement=FIRST, task=T1, worker=ANN, verifier="judge")
    lost = LostCalls()
    events: list[Event] = [
        started().model_copy(update=repeated(spent(ANN), 7)),
        judged.model_copy(update=repeated(JUDGING, 20)),
        asked.model_copy(update=repeated(PLANNING, 300)),
    ]
    for event in events:
        lost.note(event)
    assert lost.to_data() == {
        "count": 3,
        "reattached": 0,
        "reserve": {"units": "0.000000327", "nano": 327},
    }


def test_an_answer_that_was_asked_for_again_is_not_lost() -> None:
    """It has no reserve."""
    lost = LostCalls()
    lost.note(Started(announcement=FIRST, task=T1, worker=ANN, call=2, reattached=True))
    assert (lost.count, lost.reattached, lost.reserve) == (0, 1, 0)


def test_an_award_that_ends_because_its_answer_is_lost_has_a_reserve() -> None:
    """One that ends because nobody could judge it has a bill like any other."""
    unsettled = Unsettled(
        announcement=FIRST,
        task=T1,
        worker=ANN,
        reason="",
        transfers=spend(Money(9), Money(9), spent(ANN), "bill"),
    )
    lost = LostCalls()
    lost.note(unsettled)
    lost.note(unsettled.model_copy(update={"lost": True}))
    assert (lost.count, lost.reserve) == (1, 9)
