"""Answers that have to fit a type."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from protocols.frozen import Frozen
from workers.errors import UnstructuredAnswerError
from workers.structured import read_answer


class Guess(Frozen):
    """A number between 0 and 1."""

    p: Annotated[float, Field(ge=0, le=1)]


@pytest.mark.parametrize("text", ['{"p": 0.5}', '```json\n{"p": 0.5}\n```'])
def test_a_fitting_answer_is_read(text: str) -> None:
    """Words around the object do not matter."""
    assert read_answer(text, Guess) == Guess(p=0.5)


@pytest.mark.parametrize(
    "said",
    ["NaN", "Infinity", "-0.1", "1.1", "true", '"0.5"', "1e400", "null", "[0.5]", "9" * 400],
)
def test_a_number_out_of_bounds_is_an_error(said: str) -> None:
    """What is no probability is not turned into one, and the message names the field."""
    with pytest.raises(UnstructuredAnswerError):
        read_answer(f'{{"p": {said}}}', Guess)


@pytest.mark.parametrize(("text", "where"), [("{}", "p"), ('{"p": 0.5, "q": 1}', "q")])
def test_missing_and_unknown_fields_are_named(text: str, where: str) -> None:
    """The first field that is wrong is in the message."""
    with pytest.raises(UnstructuredAnswerError, match=f"^{where}: "):
        read_answer(text, Guess)
