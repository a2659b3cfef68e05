"""What does not change an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.verifiers.judging import success_of
from workers.verifiers import exact, normalised

pytestmark = pytest.mark.anyio


@given(st.text(max_size=30))
async def test_normalising_twice_changes_nothing_for_an_equal_answer(text: str) -> None:
    """A text is always accepted as the answer that it is, and padding it changes nothing."""
    assert normalised(f"  {text}\n") == normalised(text)
    assert await success_of(exact(text), text) == 1.0


@pytest.mark.parametrize("text", ["?", "...", "''"])
def test_punctuation_alone_is_not_normalised_away(text: str) -> None:
    """An answer of nothing but punctuation stays itself, so two of them are not the same."""
    assert normalised(text) == text
