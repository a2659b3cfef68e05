"""Answers that must be a number."""

from decimal import Decimal
from math import nan

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.workers.verifiers.judging import success_of
from workers.verifiers import Numeric, numeric

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("answer", "success"),
    [
        ("391", 1.0),
        ("17 * 23 = 391.", 1.0),
        ("It is 391, I think", 1.0),
        ("391 or 392", 0.0),
        ("-391", 0.0),
        ("3.91e2", 1.0),
        ("391.0", 1.0),
        ("1391", 0.0),
        ("x391", 0.0),
        ("", 0.0),
        ("none", 0.0),
        ("." * 50, 0.0),
    ],
)
async def test_numeric_takes_the_last_number(answer: str, success: float) -> None:
    """The last number of the answer counts; letters glued to its front make it a name."""
    assert await success_of(numeric(391), answer) == success


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (-5, "\u22125"),
        (1234567.5, "1,234,567.5"),
        (".5", "it is .5"),
        (3, "10-3"),
        ("0.1", "0.10"),
        (12, "12kg"),
    ],
)
async def test_numeric_reads_numbers_as_people_write_them(value: float | str, answer: str) -> None:
    """Minus signs, thousands, bare points, exponents and units behind the number are understood."""
    assert await success_of(numeric(value), answer) == 1.0


async def test_numeric_does_not_round() -> None:
    """Numbers beyond the precision of floats are told apart."""
    assert await success_of(numeric("12345678901234567890"), "12345678901234567891") == 0.0


@pytest.mark.parametrize("power", [93, 100, 1000])
async def test_numeric_takes_numbers_of_any_length(power: int) -> None:
    """Every digit counts, also behind the 28 that a decimal usually keeps, and so does a distance."""
    right = 2**power
    assert await success_of(numeric(right), f"It is {right:,}.") == 1.0
    assert await success_of(numeric(right), str(right + 1)) == 0.0
    assert await success_of(numeric(right, tolerance=1), str(right + 1)) == 1.0
    assert await success_of(numeric(right, tolerance=1), str(right + 2)) == 0.0


async def test_numeric_allows_a_distance() -> None:
    """Absolute or relative, whichever is larger, ends included."""
    near = numeric("3.14", tolerance="0.01")
    assert [await success_of(near, each) for each in ("3.13", "3.15", "3.151")] == [1.0, 1.0, 0.0]
    share = numeric(-200, relative="0.1", tolerance=1)
    assert [await success_of(share, each) for each in ("-180", "-220", "-179")] == [1.0, 1.0, 0.0]


async def test_numeric_can_take_the_whole() -> None:
    """With ``read: whole`` nothing may stand beside the number."""
    whole = numeric(5, read="whole")
    assert [await success_of(whole, each) for each in (" 5 ", "5.", "five 5")] == [1.0, 0.0, 0.0]
    far = " " * 10_000
    assert [await success_of(whole, f"{word}{far}5") for word in ("", "five")] == [1.0, 0.0]


@given(st.text(max_size=200) | st.text("0123456789.,-+eE ", max_size=200))
async def test_numeric_survives_any_answer(answer: str) -> None:
    """Whatever is answered, the verdict is 0 or 1."""
    assert await success_of(numeric(1), answer) in {0.0, 1.0}


@pytest.mark.parametrize("answer", ["1" * 200_000, "1," * 100_000, "." * 200_000, "1e" * 100_000])
async def test_numeric_is_quick_on_long_answers(answer: str) -> None:
    """A long hostile answer is judged by its end."""
    with anyio.fail_after(5):
        assert await success_of(numeric(7), answer) == 0.0


@pytest.mark.parametrize("value", ["x", "nan", nan, "inf", True, None])
def test_numeric_wants_a_number(value: object) -> None:
    """What is no finite number is an error of the configuration."""
    with pytest.raises(ValidationError):
        Numeric.model_validate({"value": value})


def test_numeric_keeps_the_number_as_written() -> None:
    """0.1 is a tenth."""
    assert Numeric.model_validate({"value": 0.1}).value == Decimal("0.1")
