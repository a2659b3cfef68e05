"""Tests of the verifiers."""

import threading
from decimal import Decimal
from math import nan
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.workers.calls import lot, result
from workers.ports import Verdict, Verifier
from workers.verifiers import (
    Numeric,
    Recorded,
    Regex,
    VerifierError,
    check,
    exact,
    normalised,
    numeric,
    regex,
)

pytestmark = pytest.mark.anyio


async def _success(verifier: Verifier, answer: str) -> float:
    return (await verifier.verify(lot(), result(answer))).success


@pytest.mark.parametrize(
    "answer",
    ["The Nile", "the nile", " The\n Nile. ", '"The Nile"', "**THE NILE**!", "'The Nile'."],
)
async def test_exact_overlooks_what_does_not_matter(answer: str) -> None:
    """Case, white space, quotes, emphasis and final punctuation are overlooked."""
    assert await _success(exact("The Nile"), answer) == 1.0


@pytest.mark.parametrize("answer", ["", "Nile", "The Nile or the Amazon", "TheNile", "."])
async def test_exact_refuses_another_answer(answer: str) -> None:
    """A part, more, or nothing is wrong, and the verdict says what was expected."""
    verdict = await exact("The Nile").verify(lot(), result(answer))
    assert verdict == (0.0, "expected 'The Nile'")


async def test_exact_can_mind_the_rest() -> None:
    """Capitals matter on demand, and so does every character."""
    assert await _success(exact("pH", case=True), "PH") == 0.0
    assert await _success(exact("pH", case=True), "pH.") == 1.0
    assert await _success(exact("a  b", verbatim=True), "a b") == 0.0
    assert await _success(exact("a  b", verbatim=True), "a  b") == 1.0


async def test_exact_takes_one_of_several() -> None:
    """Any of the right answers will do."""
    verifier = exact("391", "three hundred and ninety-one")
    assert await _success(verifier, "391") == 1.0
    assert await _success(verifier, "Three hundred and ninety-one.") == 1.0


@given(st.text(max_size=30))
async def test_normalising_twice_changes_nothing_for_an_equal_answer(text: str) -> None:
    """A text is always accepted as the answer that it is, and padding it changes nothing."""
    assert normalised(f"  {text}\n") == normalised(text)
    assert await _success(exact(text), text) == 1.0


@pytest.mark.parametrize("text", ["?", "...", "''"])
def test_punctuation_alone_is_not_normalised_away(text: str) -> None:
    """An answer of nothing but punctuation stays itself, so two of them are not the same."""
    assert normalised(text) == text


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
    assert await _success(numeric(391), answer) == success


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
    assert await _success(numeric(value), answer) == 1.0


async def test_numeric_does_not_round() -> None:
    """Numbers beyond the precision of floats are told apart."""
    assert await _success(numeric("12345678901234567890"), "12345678901234567891") == 0.0


async def test_numeric_allows_a_distance() -> None:
    """Absolute or relative, whichever is larger, ends included."""
    near = numeric("3.14", tolerance="0.01")
    assert [await _success(near, each) for each in ("3.13", "3.15", "3.151")] == [1.0, 1.0, 0.0]
    share = numeric(-200, relative="0.1", tolerance=1)
    assert [await _success(share, each) for each in ("-180", "-220", "-179")] == [1.0, 1.0, 0.0]


async def test_numeric_can_take_the_whole() -> None:
    """With ``read: whole`` nothing may stand beside the number."""
    whole = numeric(5, read="whole")
    assert [await _success(whole, each) for each in (" 5 ", "5.", "five 5")] == [1.0, 0.0, 0.0]


@given(st.text(max_size=200) | st.text("0123456789.,-+eE ", max_size=200))
async def test_numeric_survives_any_answer(answer: str) -> None:
    """Whatever is answered, the verdict is 0 or 1."""
    assert await _success(numeric(1), answer) in {0.0, 1.0}


@pytest.mark.parametrize("answer", ["1" * 200_000, "1," * 100_000, "." * 200_000, "1e" * 100_000])
async def test_numeric_is_quick_on_long_answers(answer: str) -> None:
    """A long hostile answer is judged by its end."""
    with anyio.fail_after(5):
        assert await _success(numeric(7), answer) == 0.0


@pytest.mark.parametrize("value", ["x", "nan", nan, "inf", True, None])
def test_numeric_wants_a_number(value: object) -> None:
    """What is no finite number is an error of the configuration."""
    with pytest.raises(ValidationError):
        Numeric.model_validate({"value": value})


def test_numeric_keeps_the_number_as_written() -> None:
    """0.1 is a tenth."""
    assert Numeric.model_validate({"value": 0.1}).value == Decimal("0.1")


async def test_regex_searches_or_matches_the_whole() -> None:
    """The pattern is searched for; with ``full`` it is the whole answer."""
    assert await _success(regex(r"\d{3}"), "it is 391!") == 1.0
    assert await _success(regex(r"\d{3}", full=True), "it is 391!") == 0.0
    assert await _success(regex(r"\d{3}", full=True), "391") == 1.0
    assert await _success(regex("YES", ignore_case=True), "yes") == 1.0
    assert await _success(regex("YES"), "yes") == 0.0


async def test_regex_does_not_search_long_answers() -> None:
    """An answer beyond the limit is wrong without a search."""
    verdict = await Regex(pattern="a", longest=5).verify(lot(), result("aaaaaa"))
    assert verdict == (0.0, "the answer is longer than 5 characters")


@pytest.mark.parametrize("pattern", ["(", "a{99999999999}", "", "[" + "a" * 3000])
def test_regex_wants_a_pattern(pattern: str) -> None:
    """What does not compile, or is too long, is an error of the configuration."""
    with pytest.raises(ValidationError):
        regex(pattern)


async def test_recorded_reads_the_truth_of_the_record() -> None:
    """The verdict is the recorded outcome, graded ones included."""
    assert await Recorded().verify(lot(), result("x", truth=0.25)) == Verdict(0.25)


async def test_recorded_does_not_judge_without_a_record() -> None:
    """No outcome is not the same as a wrong answer."""
    with pytest.raises(VerifierError, match="'w' on 't1' has no recorded outcome"):
        await Recorded().verify(lot(), result("x"))


async def _is_digit(answer: str) -> bool:
    await anyio.lowlevel.checkpoint()
    return answer.isdigit()


async def test_check_asks_a_function() -> None:
    """Synchronous or not, yes and no or a share of success."""
    assert await _success(check(str.isdigit), "391") == 1.0
    assert await _success(check(_is_digit), "391") == 1.0
    assert await _success(check(lambda _: 0.5), "x") == 0.5
    assert await _success(check(lambda answer: _is_digit(answer), blocking=True), "391") == 1.0


async def test_a_blocking_check_runs_in_a_thread() -> None:
    """It does not hold up the event loop, and is abandoned when called off."""
    release = threading.Event()
    try:
        with anyio.move_on_after(0.01) as scope:
            await _success(check(lambda _: release.wait(10), blocking=True), "x")
        assert scope.cancelled_caught
    finally:
        release.set()


@pytest.mark.parametrize("found", [None, "yes", nan, 1.5, -0.1])
async def test_a_check_that_says_nothing_is_no_verdict(found: Any) -> None:
    """What is no success from 0 to 1 is an error and not a wrong answer."""
    with pytest.raises(VerifierError, match="a check returns True, False or a number"):
        await _success(check(lambda _: found), "x")
