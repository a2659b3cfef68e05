"""Tests of the catalog of skills."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.skills import SKILLS


@given(name=st.sampled_from(sorted(SKILLS)), prompt=st.text(max_size=80))
def test_any_prompt_is_answered_or_refused(name: str, prompt: str) -> None:
    """Whatever the prompt, there is an answer or a ``ValueError``."""
    try:
        answer = SKILLS[name](prompt)
    except ValueError:
        return
    assert answer == str(answer)


_words = st.sampled_from(
    ["how", "many", "in", "to", "convert", "5", "-2", "1,000", "99999999999999", "0", "km", "miles",
     "celsius", "base 37", "base 2", "binary", "roman", "MMXX", "prime", "next prime", "factor",
     "gcd", "lcm", "2024-02-30", "2024-02-29", "9999-12-31", "days after", "3 weeks", "weekday",
     "sort these:", "'abc'", '"', "the letter a", "palindrome", "^", "**", "9**9", "/", "0)", "(",
     "reverse", "leap year", "%", "."]
)  # fmt: skip


@given(
    name=st.sampled_from(sorted(SKILLS)),
    words=st.lists(_words, min_size=1, max_size=8).map(" ".join),
)
def test_any_mix_of_known_words_is_answered_or_refused(name: str, words: str) -> None:
    """Prompts that look almost right raise nothing but ``ValueError``."""
    try:
        answer = SKILLS[name](words)
    except ValueError:
        return

    assert isinstance(answer, str)


@pytest.mark.parametrize("name", sorted(SKILLS))
def test_a_foreign_prompt_is_refused(name: str) -> None:
    """What a skill does not understand it does not guess."""
    with pytest.raises(ValueError, match=r"."):
        SKILLS[name]("Tell me a story.")
