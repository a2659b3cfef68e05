"""The value of an unquoted YAML scalar by the core schema (YAML 1.2.2, section 10.3.2)."""

from __future__ import annotations

import re
from typing import TypeAlias

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

MAX_DIGITS = 500
"""Python may refuse to print integers of more than 640 digits, and a hexadecimal digit is 1.2."""

Scalar: TypeAlias = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """Return the value of a plain (unquoted) scalar by the YAML 1.2 core schema.

    Raises:
        ValueError: The number is not finite or has thousands of digits.

    >>> [resolve(text) for text in ("true", "no", "12:30", "1e3", "0x10", "~")]
    [True, 'no', '12:30', 1000.0, 16, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    whole = _INTEGER.fullmatch(text)
    if (whole or _FLOAT.fullmatch(text)) and len(text) > MAX_DIGITS:
        raise ValueError(f"the number {text[:20]}... has too many digits")
    if whole:
        return int(text, 0 if text[1:2] in ("o", "x") else 10)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError(f"the number {text[:40]} is too large")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"expected a finite number, got {text}; quote it if it is a text")
    return text
