"""The events around asking a judge or a person."""

import pytest
from pydantic import ValidationError

from protocols.consultation import Compared, Consulted
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

FIRST, TASK, ANN = AnnouncementId("a1"), TaskId("t#1"), WorkerId("ann")


def test_each_question_has_a_key_of_its_own() -> None:
    """An answer that is judged, the same one compared with its peers, and each repetition."""
    judged = Consulted(announcement=FIRST, task=TASK, worker=ANN, verifier="judge")
    compared = Consulted(announcement=FIRST, task=TASK, verifier="fair")
    again = compared.model_copy(update={"call": 2})
    keys = [judged.key, compared.key, again.key]
    assert keys == [
        "consulted\ta1\tt#1\tann\t1",
        "consulted\ta1\tt#1\t1",
        "consulted\ta1\tt#1\t2",
    ]


def test_an_answer_is_compared_once() -> None:
    """Its key knows neither the judge nor the class."""
    one = Compared(announcement=FIRST, task=TASK, judge="fair", label="red")
    other = Compared(announcement=FIRST, task=TASK, judge="strict", label=None, reason="cut")
    assert one.key == other.key == "compared\ta1\tt#1"


@pytest.mark.parametrize("fields", [{"call": 0}, {"ceiling": -1}, {"verifier": ""}])
def test_impossible_questions_are_refused(fields: dict[str, object]) -> None:
    """Calls count from one, nobody is paid for asking, and somebody is asked."""
    given: dict[str, object] = {"announcement": FIRST, "task": TASK, "verifier": "judge"}
    with pytest.raises(ValidationError):
        Consulted.model_validate({**given, "ceiling": Money(1), **fields})
