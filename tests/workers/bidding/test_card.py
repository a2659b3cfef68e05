"""A worker's own record, in the words that its model reads."""

from __future__ import annotations

import pytest

from protocols.contract import Contract
from protocols.messages import Lot
from protocols.units import Money, TaskId
from workers.bidding.card import Band, Card, Statements, terms_of
from workers.prompting import conversation

LOT = Lot(task=TaskId("t"), prompt="2 + 2?", value=Money(5), reserve=Money(5))


def shown(card: Card | None) -> str:
    """Return what the model reads besides the rules."""
    return conversation("bid", lot=LOT, card=card)[1].content


def test_statements_are_sorted_into_bands() -> None:
    """The ends of the range belong to the outer bands, and a grade counts as a part."""
    said = Statements()
    for stated, outcome in ((0.0, 0.0), (0.19, 1.0), (0.2, 0.5), (1.0, 1.0), (0.8, 0.0)):
        said.add(stated, outcome)
    assert said.bands() == (
        Band(0, 20, 2, 1.0),
        Band(20, 40, 1, 0.5),
        Band(80, 100, 2, 1.0),
    )


def test_the_prompt_shows_the_record() -> None:
    """Counts at the kind and what became of each band stand in front of the task."""
    card = Card(14, 9.5, (Band(80, 100, 12, 9.0), Band(40, 60, 2, 0.5)))
    text = shown(card)
    assert "of 14 answers that were judged, 9.5 were accepted" in text
    assert "between 80 and 100 per cent: stated 12 times, accepted 9 times (75 per cent)" in text
    assert text.index("per cent") < text.index("<task")


@pytest.mark.parametrize("card", [None, Card()])
def test_a_newcomer_reads_no_record(card: Card | None) -> None:
    """Nothing is said of a past that there is not."""
    assert "record" not in shown(card)
    assert "stated" not in shown(card)
    assert "paid" not in shown(card)


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        (Contract(base=Money(3), report=0.5), ()),
        (Contract(per_success=Money(3), report=0.5), ("success",)),
        (
            Contract(per_success=Money(3), score_weight=Money(1), report=0.5),
            ("success", "scored", "quadratic"),
        ),
        (
            Contract(score_weight=Money(1), rule="logarithmic", report=0.5),
            ("scored", "logarithmic"),
        ),
    ],
)
def test_the_prompt_says_how_it_is_paid(contract: Contract, words: tuple[str, ...]) -> None:
    """Pay for success and the stake are explained, each if the contract has it."""
    assert terms_of(contract) == words
    text = shown(Card(pay=words))
    assert ("You are paid when your answer is accepted" in text) == ("success" in words)
    assert ("the square of the distance" in text) == ("quadratic" in words)
    assert ("by a rule under which" in text) == ("logarithmic" in words)
