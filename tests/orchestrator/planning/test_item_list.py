"""Lists in answers."""

import anyio
import pytest

from orchestrator.planning.item_list import ListAnswer, items_in
from tests.workers.calls import lot, result
from workers.verifiers import exact


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ('["Ulm", "Bonn"]', ("Ulm", "Bonn")),
        ("```json\n[1, 2.5]\n```", ("1", "2.5")),
        (' ["a"] ', ("a",)),
    ],
)
def test_a_list_of_texts_and_numbers_is_read(answer: str, items: tuple[str, ...]) -> None:
    """Alone or in a fenced block."""
    assert items_in(answer, most=2) == items


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("Ulm, Bonn", "no JSON list"),
        ('{"a": 1}', "no JSON list but a dict"),
        ("[]", "has 0 items, and may have 1 to 2"),
        ('["a", "b", "c"]', "has 3 items"),
        ("[true]", "no text and no number but a bool"),
        ("[[1]]", "no text and no number but a list"),
        ("[" * 100_000, "no JSON list"),
        (f'["{"x" * 10_001}"]', "longer than 10000 characters"),
    ],
)
def test_another_answer_is_refused(answer: str, message: str) -> None:
    """In one line that says what was expected."""
    with pytest.raises(ValueError, match=message):
        items_in(answer, most=2)


def test_the_verifier_asks_the_other_one_too() -> None:
    """A list is accepted if it is one and the task's own verifier accepts it."""
    own = ListAnswer.around(exact('["a"]'), most=2)
    assert own.also is not None
    assert own.also["type"] == "exact"
    assert anyio.run(own.verify, lot(), result('["a"]')).success == 1
    assert anyio.run(own.verify, lot(), result('["b"]')).success == 0
    assert anyio.run(own.verify, lot(), result("a")).success == 0
    assert anyio.run(ListAnswer.around(None, 2).verify, lot(), result('["b"]')).success == 1
