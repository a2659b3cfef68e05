"""Fences: a text cannot leave its own, and programs get it without."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.fencing import fenced, unfenced

TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@given(TEXT)
def test_a_text_cannot_close_its_fence(text: str) -> None:
    """The closing tag stands once, at the end, whatever the text says."""
    quoted = fenced(text, "task")
    closing = quoted.splitlines()[-1]
    assert quoted.count(closing) == 1
    assert quoted.endswith(f"\n{text}\n{closing}")


def test_a_text_that_copies_an_older_fence_stays_inside() -> None:
    """Quoting a quoted text gives it a new number."""
    inner = fenced("x", "task")
    assert fenced(inner, "task").splitlines()[-1] != inner.splitlines()[-1]


@given(TEXT, TEXT)
def test_taking_fences_out_gives_the_texts_back(first: str, second: str) -> None:
    """Two fenced texts in a row are the two texts in a row, even if one is fenced twice."""
    inner = fenced(second, "answer")
    assert unfenced(fenced(first, "answer")) == first
    assert unfenced(f"{fenced('x', 'answer')}, {fenced(inner, 'answer')}") == f"x, {inner}"
