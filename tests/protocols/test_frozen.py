"""The value type that crosses every border."""

import math

import pytest
from pydantic import ValidationError

from protocols.frozen import Frozen


class Weight(Frozen):
    """A value with a number, a count and a word."""

    kilograms: float
    pieces: int = 1
    label: str = ""


@pytest.mark.parametrize(
    ("number", "written"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")]
)
def test_what_is_no_finite_number_is_refused(number: float, written: str) -> None:
    """NaN and the infinities are no measurement, given as a value or as Python's json spells it."""
    with pytest.raises(ValidationError, match="finite number"):
        Weight(kilograms=number)
    with pytest.raises(ValidationError, match="finite number"):
        Weight.model_validate_json(f'{{"kilograms": {written}}}')


@pytest.mark.parametrize(
    "fields",
    [
        {"kilograms": "1"},
        {"kilograms": True},
        {"kilograms": None},
        {"kilograms": 1.0, "pieces": True},
        {"kilograms": 1.0, "pieces": 1.0},
        {"kilograms": 1.0, "pieces": "1"},
        {"kilograms": 1.0, "label": 1},
        {"kilograms": 1.0, "label": b"a"},
    ],
)
def test_nothing_is_converted(fields: dict[str, object]) -> None:
    """A string is no number, True is no integer and a number is no label."""
    with pytest.raises(ValidationError):
        Weight.model_validate(fields)


def test_unknown_and_missing_fields_are_refused() -> None:
    """A misspelt field is an error and no silent default."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Weight.model_validate({"kilograms": 1.0, "colour": "red"})
    with pytest.raises(ValidationError, match="Field required"):
        Weight.model_validate({})


def test_a_value_does_not_change() -> None:
    """What has crossed a border stays as it was."""
    weight = Weight(kilograms=1.0)
    with pytest.raises(ValidationError, match="frozen"):
        weight.kilograms = 2.0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]

    assert weight.kilograms == 1.0


def test_values_are_equal_by_content() -> None:
    """Two values of the same content are one value."""
    one, same = Weight(kilograms=1.0), Weight(kilograms=1.0)

    assert one == same
    assert one != Weight(kilograms=2.0)
