"""Tests of counting and ordering letters and words."""

import pytest

from workers.skills.text import text


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("How many times does the letter r occur in 'strawberry'?", "3"),
        ('How often is the letter "S" in "Mississippi"?', "4"),
        ("How many letters are in 'don't panic'?", "9"),
        ("How many words are in 'the quick brown fox'?", "4"),
        ("How many vowels are in 'orchestra'?", "3"),
        ("Write 'auction' backwards.", "noitcua"),
        ("Reverse the word \u201cbid\u201d.", "dib"),
        ("Write 'truth' in capital letters.", "TRUTH"),
        ("Write 'TRUTH' in small letters.", "truth"),
        ("Is 'A man, a plan, a canal: Panama' a palindrome?", "yes"),
        ("Is 'market' a palindrome?", "no"),
        ("Sort these words: pear, apple, fig", "apple, fig, pear"),
        ("Sort these words in descending order: pear, apple, fig.", "pear, fig, apple"),
    ],
)
def test_questions_about_texts(prompt: str, answer: str) -> None:
    """Letters, words, vowels, order and palindromes."""
    assert text(prompt) == answer


@pytest.mark.parametrize(
    "prompt",
    ["Reverse the word.", "How many times does the letter occur in 'a'?", "Sort them."],
)
def test_what_quotes_nothing_is_refused(prompt: str) -> None:
    """A question without its text has no answer."""
    with pytest.raises(ValueError, match="expected"):
        text(prompt)
