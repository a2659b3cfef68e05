"""Quotes text that others wrote, so that a model can tell it from what it is asked."""

import re
from hashlib import blake2b
from typing import Final

_FENCE: Final = re.compile(r"<(\w+) ([0-9a-f]{12})>\n(.*?)\n</\1 \2>", re.DOTALL)


def fenced(text: str, label: str) -> str:
    """Quote a text between two tags with a number that the text does not contain.

    The number is a hash of the text, so a text can neither close its own fence nor does the
    prompt change from run to run.

    >>> fenced("2 + 2", "task").splitlines()[1]
    '2 + 2'
    """
    mark = ""
    while not mark or mark in text:
        mark = blake2b(f"{mark}{label}{text}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    return f"<{label} {mark}>\n{text}\n</{label} {mark}>"


def unfenced(text: str) -> str:
    r"""Take the fences out of a text again, for programs, which no words can talk into anything.

    Fences within a fence are left as they are: they are part of what somebody wrote.

    >>> unfenced(f"Sort these words: {fenced('pear, fig', 'answer')}.")
    'Sort these words: pear, fig.'
    """
    return _FENCE.sub(lambda found: found[3], text)
