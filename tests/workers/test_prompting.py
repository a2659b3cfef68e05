"""Prompts: rules in front, data in fences."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from protocols.messages import Lot
from protocols.units import Money, TaskId
from workers.prompting import conversation, version


def lot(prompt: str, **inputs: str) -> Lot:
    """Return a lot with a prompt and inputs."""
    worth = Money(5)
    return Lot(task=TaskId("t"), prompt=prompt, value=worth, reserve=worth, inputs=inputs)


@pytest.mark.parametrize("name", ["bid", "execute"])
def test_data_is_not_in_the_rules(name: str) -> None:
    """The task is in the user's message alone, and the same words give the same prompt."""
    task = lot("{{ 7 * 7 }} {% raise %}", first="an older answer")
    system, user = conversation(name, lot=task)
    assert (system.role, user.role) == ("system", "user")
    assert "{{ 7 * 7 }} {% raise %}" in user.content
    assert "an older answer" in user.content
    assert "7 * 7" not in system.content
    assert conversation(name, lot=task) == (system, user)


def test_the_bid_prompt_says_what_the_probability_is() -> None:
    """The probability is that of the verifier's acceptance, in so many words."""
    system, _ = conversation("bid", lot=lot("x"))
    assert "the probability, from 0 to 1, that the verifier accepts your answer" in system.content


def test_a_missing_value_is_an_error() -> None:
    """A prompt is never rendered with a hole in it."""
    with pytest.raises(UndefinedError):
        conversation("bid")


def test_a_version_belongs_to_the_words() -> None:
    """Two prompts differ in their versions, and one keeps its own."""
    assert version("bid") == version("bid") != version("execute")
