"""Tests of which answers are the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.answer_classes import classes_of
from orchestrator.peer_settings import PeerSettings


@pytest.mark.parametrize(
    ("classes", "answers", "expected"),
    [
        ("normalised", ["Yes.", " yes ", "*YES*", "no"], ["yes", "yes", "yes", "no"]),
        ("exact", ["Yes", "yes"], ["Yes", "yes"]),
        ("numeric", ["so it is 1,000", "1000.0", "999"], ["1000", "1000", "999"]),
        ("numeric", ["-3", "3", "none", "None."], ["-3", "3", "none", "none"]),
        ("numeric", ["1e2", "100"], ["100", "100"]),
        ("exact", [], []),
    ],
)
def test_classes(classes: str, answers: list[str], expected: list[str]) -> None:
    """Answers are in one class if they are the same but for what does not matter."""
    settings = PeerSettings.model_validate({"classes": classes})
    assert classes_of(answers, settings) == expected


@given(st.lists(st.integers(-50, 50), max_size=8), st.integers(0, 5))
def test_a_class_of_numbers_is_no_wider_than_the_tolerance(
    numbers: list[int], tolerance: int
) -> None:
    """A class starts at its smallest number and reaches as far as the tolerance."""
    settings = PeerSettings(classes="numeric", tolerance=Decimal(tolerance))
    names = classes_of([str(number) for number in numbers], settings)
    for number, name in zip(numbers, names, strict=True):
        assert 0 <= number - int(name) <= tolerance
    assert {int(name) for name in names} <= set(numbers)


@given(st.permutations(["1", "1.4", "2", "x", "2.2"]))
def test_classes_do_not_depend_on_the_order(answers: list[str]) -> None:
    """The class of an answer is the same whoever answers first."""
    settings = PeerSettings(classes="numeric", tolerance=Decimal("0.5"))
    found = dict(zip(answers, classes_of(answers, settings), strict=True))
    assert found == {"1": "1", "1.4": "1", "2": "2", "2.2": "2", "x": "x"}
