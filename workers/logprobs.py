"""Reads the log-probabilities of a chat completion: believed where they can be, else left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from workers.chat import Token

_MOST_TOKENS: Final = 100_000
_MOST_LIKELIEST: Final = 20
_LEAST: Final = -1e6
_ROUNDING: Final = 1e-3
"""By how much servers that compute in half precision exceed the logarithm of 1."""

Fields = Mapping[str, object]
Pair = tuple[str, float]


def read_tokens(choice: Fields) -> tuple[Token, ...]:
    """Return the tokens of an answer with their log-probabilities.

    They are an extra, so an answer is not lost by them: where one of the tokens is no text or its
    logarithm no finite number up to 0, there are none at all. Of the likeliest tokens at a place,
    those that cannot be believed are left out.

    >>> read_tokens({"logprobs": {"content": [{"token": "4", "logprob": -0.25}]}})
    (Token(text='4', logprob=-0.25, likeliest=()),)
    """
    told = _listed(_fields(choice.get("logprobs")).get("content"), _MOST_TOKENS)
    tokens: list[Token] = []
    for each in told:
        fields = _fields(each)
        pair = _pair(fields)
        if pair is None:
            return ()
        places = _listed(fields.get("top_logprobs"), _MOST_LIKELIEST)
        likeliest = (_pair(_fields(place)) for place in places)
        tokens.append(Token(*pair, tuple(known for known in likeliest if known is not None)))
    return tuple(tokens)


def _pair(fields: Fields) -> Pair | None:
    text, logprob = fields.get("token"), fields.get("logprob")
    if not isinstance(text, str) or isinstance(logprob, bool):
        return None
    if not isinstance(logprob, int | float) or not _LEAST < logprob < _ROUNDING:
        return None
    return text, min(float(logprob), 0.0)


def _fields(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _listed(value: object, most: int) -> list[object]:
    return cast("list[object]", value)[:most] if isinstance(value, list) else []
