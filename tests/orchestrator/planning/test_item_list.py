"""Lists in answers."""

from pathlib import Path

import anyio
import pytest

from orchestrator.planning.item_list import AssessedList, ListAnswer, items_in, listing
from protocols.messages import Lot, Result
from protocols.units import Money
from tests.workers.calls import lot, result
from workers.ports import RIGHT, Assessment, Assessor
from workers.verifiers import check, exact, human
from workers.verifiers.person import Ruling, VerdictFile


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
    own = listing(exact('["a"]'), most=2)
    assert isinstance(own, ListAnswer)
    assert own.also is not None
    assert own.also["type"] == "exact"
    assert anyio.run(own.verify, lot(), result('["a"]')).success == 1
    assert anyio.run(own.verify, lot(), result('["b"]')).success == 0
    assert anyio.run(own.verify, lot(), result("a")).success == 0
    assert anyio.run(listing(None, 2).verify, lot(), result('["b"]')).success == 1


class Billing(Assessor):
    """A verifier that asks for money."""

    type = "billing"
    announced = True
    described = exact("x")
    seconds = 7.0

    def ceiling(self, lot: Lot) -> Money:
        """Return what it asks for."""
        del lot
        return Money(5)

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Take it."""
        del lot, result
        return Assessment(RIGHT, Money(3), 0.25)


def test_a_verifier_with_a_bill_keeps_its_terms() -> None:
    """Around a list it has the same ceiling, deadline, word and bill; what is no list costs nothing."""
    own = listing(Billing(), most=2)
    assert isinstance(own, AssessedList)
    assert (own.type, own.announced, own.seconds) == ("billing", True, 7.0)
    assert own.ceiling(lot()) == 5
    assert anyio.run(own.assess, lot(), result('["a"]')) == Assessment(RIGHT, Money(3), 0.25)
    found = anyio.run(own.assess, lot(), result("a"))
    assert (found.verdict.success, found.cost) == (0.0, 0)


def test_a_function_is_given_its_time() -> None:
    """Code of others around which a list is read may take time, so it is no mere look."""
    own = listing(check(lambda answer: answer == '["a"]'), most=2)
    assert isinstance(own, AssessedList)
    assert own.ceiling(lot()) == 0
    assert anyio.run(own.verify, lot(), result('["a"]')).success == 1


def test_a_person_says_by_the_file_of_the_run(tmp_path: Path) -> None:
    """Who is to accept a list learns where verdicts lie; others have nothing to learn."""
    file = VerdictFile.beside(tmp_path / "run.db")
    own = listing(human(), most=2)
    assert isinstance(own, AssessedList)
    placed = own.reading(file)
    assert isinstance(placed, AssessedList)
    assert (placed.type, placed.announced) == ("human", True)
    answer = result('["a"]')
    file.write(Ruling.on(answer, 1.0))
    assert anyio.run(placed.verify, lot(), answer).success == 1
    other = AssessedList(Billing(), 2)
    assert other.reading(file) is other
