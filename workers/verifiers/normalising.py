"""What does not change an answer: case, spaces, quotes, final punctuation, forms of a character."""

import unicodedata
from typing import Final

_TRAILING: Final = ".,;:!? "
_AROUND: Final = "\"'`* \u201c\u201d\u2018\u2019"


def normalised(text: str, *, case: bool = False) -> str:
    """Return a text without what does not change an answer.

    Runs of white space become one space; quotes and emphasis around it, punctuation at its end
    and, unless ``case`` matters, capitals are taken away. Characters that Unicode holds compatible
    become one (NFKC): full-width letters and raised digits become plain ones.

    >>> normalised('  "The Nile".')
    'the nile'
    """
    plain = " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
    stripped = plain.rstrip(_TRAILING).strip(_AROUND).rstrip(_TRAILING) or plain
    return stripped if case else stripped.casefold()
