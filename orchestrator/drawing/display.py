"""How numbers and foreign text are shown to people, in the terminal and in the HTML report."""

import unicodedata
from collections.abc import Iterable
from math import isfinite
from typing import Final

from protocols.units import NANO, units

ABSENT: Final = "-"
"""Shown where there is no number."""

LONGEST_LINE: Final = 10_000
"""A line of a command is cut there, so that nobody's text floods a terminal."""

_SIGNIFICANT = 3
_WIDEST = 8
_NANO_DIGITS = 9


def places(amounts: Iterable[int | None]) -> int:
    """Return how many decimals a column of money needs so that its smallest amount is legible.

    Args:
        amounts: Nano-units; ``None`` and 0 need no decimals.

    Returns:
        From 2 to 9: enough for three significant digits of the smallest amount, as long as amounts
        of one unit and more are not wider than eight digits; no more than any amount uses.

    >>> places([12_300, 450_000_000]), places([2_000_000_000])
    (7, 2)
    """
    sizes = [abs(amount) for amount in amounts if amount]
    if not sizes:
        return 2
    lowest, highest = _power(min(sizes)), _power(max(sizes))
    room = _NANO_DIGITS if highest < 0 else _WIDEST - 1 - highest
    most = min(_SIGNIFICANT - 1 - lowest, room, _NANO_DIGITS)
    used = max(_NANO_DIGITS - _trailing_zeros(size) for size in sizes)
    return max(2, min(most, used))


def money_text(amount: int | None, decimals: int | None = None) -> str:
    """Write nano-units as units of the currency, with as many decimals as asked for or needed.

    An amount that its column is too coarse for is written as ``~0`` and never as nothing.

    >>> money_text(12_300), money_text(-1_234_500_000_000), money_text(3, 2), money_text(None)
    ('0.0000123', '-1,234.50', '~0', '-')
    """
    if amount is None:
        return ABSENT
    text = f"{units(amount):,.{places([amount]) if decimals is None else decimals}f}"
    if amount and not text.strip("-0.,"):
        return "~0"
    return text


def money_column(amounts: Iterable[int | None]) -> list[str]:
    """Write amounts with the same decimals, so that they line up.

    >>> money_column([12_300, 450_000_000, None])
    ['0.0000123', '0.4500000', '-']
    """
    listed = list(amounts)
    decimals = places(listed)
    return [money_text(amount, decimals) for amount in listed]


def amounts_column(amounts: Iterable[float | None]) -> list[str]:
    """Write amounts in units of the currency with the same decimals; what is no number is absent.

    >>> amounts_column([0.5, 0.25, float("nan")])
    ['0.50', '0.25', '-']
    """
    return money_column(map(nano, amounts))


def nano(amount: float | None) -> int | None:
    """Return units of the currency as nano-units; ``None`` for what is no number."""
    known = finite(amount)
    return None if known is None else round(known * NANO)


def finite(value: float | None) -> float | None:
    """Return a number that can be shown and JSON can hold, or ``None``.

    >>> finite(0.5), finite(float("nan"))
    (0.5, None)
    """
    return value if value is not None and isfinite(value) else None


def percent(share: float | None, decimals: int = 0) -> str:
    """Write a share of 1 as a percentage.

    >>> percent(0.625), percent(None)
    ('62 %', '-')
    """
    return ABSENT if share is None else f"{100 * share:.{decimals}f} %"


def number(value: float | None, decimals: int = 3) -> str:
    """Write a number with fixed decimals; a negative zero loses its sign.

    >>> number(-0.0001), number(None)
    ('0.000', '-')
    """
    return ABSENT if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "task"), plural(4400, "task")
    ('1 task', '4,400 tasks')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def plain(text: str, longest: int = 2_000) -> str:
    r"""Return foreign text that can do nothing but be read: one line, no control characters.

    Terminal escapes, line breaks and signs that reorder or hide text become visible or blank; what
    is longer than allowed is cut, with a mark.

    >>> plain("a\x1b[31mred\nline"), plain("abcdef", 4)
    ('a�[31mred line', 'abc…')
    """
    shown = "".join(map(_harmless, text[: longest + 1]))
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _harmless(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return "�" if unicodedata.category(character)[0] == "C" else character


def _power(size: int) -> int:
    """Return the power of ten of the first digit, in units of the currency."""
    return len(str(size)) - 1 - _NANO_DIGITS


def _trailing_zeros(size: int) -> int:
    text = str(size)
    return len(text) - len(text.rstrip("0"))
