"""Answers that must be one of a list."""

import pytest

from tests.workers.calls import lot, result
from tests.workers.verifiers.judging import success_of
from workers.verifiers import exact

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "answer",
    ["The Nile", "the nile", " The\n Nile. ", '"The Nile"', "**THE NILE**!", "'The Nile'."],
)
async def test_exact_overlooks_what_does_not_matter(answer: str) -> None:
    """Case, white space, quotes, emphasis and final punctuation are overlooked."""
    assert await success_of(exact("The Nile"), answer) == 1.0


@pytest.mark.parametrize("answer", ["", "Nile", "The Nile or the Amazon", "TheNile", "."])
async def test_exact_refuses_another_answer(answer: str) -> None:
    """A part, more, or nothing is wrong, and the verdict says what was expected."""
    verdict = await exact("The Nile").verify(lot(), result(answer))
    assert verdict == (0.0, "expected 'The Nile'")


async def test_exact_can_mind_the_rest() -> None:
    """Capitals matter on demand, and so does every character."""
    assert await success_of(exact("pH", case=True), "PH") == 0.0
    assert await success_of(exact("pH", case=True), "pH.") == 1.0
    assert await success_of(exact("a  b", verbatim=True), "a b") == 0.0
    assert await success_of(exact("a  b", verbatim=True), "a  b") == 1.0


async def test_exact_takes_one_of_several() -> None:
    """Any of the right answers will do."""
    verifier = exact("391", "three hundred and ninety-one")
    assert await success_of(verifier, "391") == 1.0
    assert await success_of(verifier, "Three hundred and ninety-one.") == 1.0
