"""Whole numbers: how they are written and what divides them."""

import re
from collections.abc import Callable
from math import gcd, isqrt, lcm
from typing import Final

_NUMBER = re.compile(r"(?<![\w.])\d{1,15}(?![\w.]*\w)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASES = {"binary": 2, "octal": 8, "decimal": 10, "hexadecimal": 16}
_BASE = re.compile(
    r"\b(?:in|to|into|as) (?:(binary|octal|decimal|hexadecimal)|base[- ](\d{1,2}))\b"
)
_WRITTEN = re.compile(
    r"\b(?:(binary|octal|decimal|hexadecimal)(?: number)?|base[- ](\d{1,2})(?: number)?) "
    r"(?:0[box])?([0-9a-z]{1,60})\b"
)
_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LARGEST_ROMAN = 3999
_LARGEST_FACTORED = 10**12
_ROMAN_WORD = re.compile(r"\b[MDCLXVI]+\b")


def numerals(prompt: str) -> str:
    """Answer a question about whole numbers.

    It knows roman numerals both ways, bases 2 to 36 both ways, greatest common divisor, least
    common multiple, prime factors, whether a number is prime, and the next prime.

    Raises:
        ValueError: If the prompt asks for something else or the numbers are too large.

    >>> numerals("Write 1994 as a roman numeral.")
    'MCMXCIV'
    >>> numerals("Convert 255 to hexadecimal.")
    'ff'
    >>> numerals("What is the greatest common divisor of 84 and 36?")
    '12'
    """
    words = prompt.lower()
    for phrases, answer in _QUESTIONS:
        if any(phrase in words for phrase in phrases):
            return answer(prompt)
    raise ValueError("the prompt asks nothing of whole numbers that is understood")


def to_roman(number: int) -> str:
    """Return the roman numeral of a number from 1 to 3999.

    >>> to_roman(2024)
    'MMXXIV'
    """
    if not 1 <= number <= _LARGEST_ROMAN:
        raise ValueError(f"roman numerals are written from 1 to {_LARGEST_ROMAN}")
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def from_roman(numeral: str) -> int:
    """Return the number that a roman numeral stands for.

    >>> from_roman("MMXXIV")
    2024
    """
    number, rest = 0, numeral
    for value, letters in _ROMAN:
        while rest.startswith(letters):
            number, rest = number + value, rest[len(letters) :]
    if rest or not number or number > _LARGEST_ROMAN or to_roman(number) != numeral:
        raise ValueError(f"{numeral!r} is not a roman numeral")
    return number


def to_base(number: int, base: int) -> str:
    """Write a number that is not negative in a base from 2 to 36.

    >>> to_base(10, 2)
    '1010'
    """
    if not 2 <= base <= len(_DIGITS):
        raise ValueError(f"bases run from 2 to {len(_DIGITS)}")
    written = ""
    while number:
        number, digit = divmod(number, base)
        written = _DIGITS[digit] + written
    return written or "0"


def factors(number: int) -> list[int]:
    """Return the prime factors of a number from 2 to 10**12, smallest first.

    >>> factors(360)
    [2, 2, 2, 3, 3, 5]
    """
    if not 2 <= number <= _LARGEST_FACTORED:
        raise ValueError("numbers are factored from 2 to 10**12")
    found: list[int] = []
    divisor = 2
    while divisor <= isqrt(number):
        if number % divisor:
            divisor += 1 if divisor == 2 else 2
        else:
            found.append(divisor)
            number //= divisor
    return [*found, number]


def _numbers(prompt: str, least: int = 1) -> list[int]:
    found = [int(number) for number in _NUMBER.findall(prompt)]
    if len(found) < least:
        raise ValueError(f"expected {least} whole number(s) in the prompt")
    return found


def _is_prime(number: int) -> bool:
    return number > 1 and len(factors(number)) == 1


def _roman(prompt: str) -> str:
    if numbers := _numbers(prompt, 0):
        return to_roman(numbers[0])
    # "I" and the like may be words of the prompt, the numeral is the longest
    found = max(_ROMAN_WORD.findall(prompt), key=len, default="")
    return str(from_roman(found))


def _in_base(prompt: str) -> str:
    words = prompt.lower()
    target = _BASE.search(words)
    base = (_BASES.get(target[1]) or int(target[2])) if target else 10
    source = _WRITTEN.search(words if target is None else words[: target.start()])
    if source is None:
        return to_base(_numbers(prompt)[0], base)
    return to_base(int(source[3], _BASES.get(source[1]) or int(source[2])), base)


def _next_prime(prompt: str) -> str:
    number = _numbers(prompt)[0] + 1
    while not _is_prime(number):
        number += 1
    return str(number)


_QUESTIONS: Final[tuple[tuple[tuple[str, ...], Callable[[str], str]], ...]] = (
    (("roman",), _roman),
    (("binary", "octal", "hexadecimal", "base ", "base-"), _in_base),
    (("greatest common", "gcd"), lambda prompt: str(gcd(*_numbers(prompt, 2)))),
    (("least common", "lcm"), lambda prompt: str(lcm(*_numbers(prompt, 2)))),
    (("next prime", "smallest prime"), _next_prime),
    (("factor",), lambda prompt: " x ".join(map(str, factors(_numbers(prompt)[0])))),
    (("prime",), lambda prompt: "yes" if _is_prime(_numbers(prompt)[0]) else "no"),
)
"""Phrases of a question and how it is answered; the first that fits is taken."""
