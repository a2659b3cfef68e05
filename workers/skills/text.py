"""Counting and ordering letters and words."""

import re
from collections.abc import Callable
from typing import Final

_QUOTED = re.compile(r"[\"'\u201c\u2018]([^\"\u201c\u201d]*?)[\"'\u201d\u2019](?!\w)")
_LETTER = re.compile(r"\bletter [\"'\u201c\u2018]?(\w)\b", re.IGNORECASE)
_LISTED = re.compile(r":\s*(.+)$", re.DOTALL)
_VOWELS = frozenset("aeiou")


def text(prompt: str) -> str:
    """Answer a question about a quoted text or about a list after a colon.

    It knows how often a letter occurs; the number of letters, vowels and words; the text backwards,
    in capitals or small letters; whether it is a palindrome; and the list in order of the alphabet.

    Raises:
        ValueError: If the prompt asks for something else or quotes no text.

    >>> text("How many times does the letter r occur in 'strawberry'?")
    '3'
    >>> text("Sort these words: pear, apple, fig")
    'apple, fig, pear'
    """
    words = prompt.lower()
    for phrases, answer in _QUESTIONS:
        if any(phrase in words for phrase in phrases):
            return answer(prompt)
    raise ValueError("the prompt asks nothing of a text that is understood")


def _quoted(prompt: str) -> str:
    found: list[str] = _QUOTED.findall(prompt)
    if not found:
        raise ValueError("expected the text in quotes")
    return max(found, key=len)


def _occurrences(prompt: str) -> str:
    letter = _LETTER.search(prompt)
    if not letter:
        raise ValueError("expected a letter to count")
    return str(_quoted(prompt).lower().count(letter[1].lower()))


def _sorted(prompt: str) -> str:
    found = _LISTED.search(prompt)
    if not found:
        raise ValueError("expected a list after a colon")
    entries = [entry.strip(" .\n") for entry in found[1].split(",")]
    ordered = sorted(entries, key=str.lower)
    return ", ".join(reversed(ordered) if "descending" in prompt.lower() else ordered)


def _is_palindrome(prompt: str) -> str:
    letters = [letter for letter in _quoted(prompt).lower() if letter.isalnum()]
    return "yes" if letters == letters[::-1] else "no"


_QUESTIONS: Final[tuple[tuple[tuple[str, ...], Callable[[str], str]], ...]] = (
    (("the letter ",), _occurrences),
    (("sort ", "alphabetical", "in order"), _sorted),
    (("palindrome",), _is_palindrome),
    (("vowel",), lambda prompt: str(sum(c in _VOWELS for c in _quoted(prompt).lower()))),
    (("how many words", "number of words"), lambda prompt: str(len(_quoted(prompt).split()))),
    (("how many letters", "number of letters"),
     lambda prompt: str(sum(c.isalpha() for c in _quoted(prompt)))),
    (("backwards", "reverse"), lambda prompt: _quoted(prompt)[::-1]),
    (("upper case", "capital"), lambda prompt: _quoted(prompt).upper()),
    (("lower case", "small letters"), lambda prompt: _quoted(prompt).lower()),
)  # fmt: skip
"""Phrases of a question and how it is answered; the first that fits is taken."""
