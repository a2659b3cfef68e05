"""Tests of questions about whole numbers."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.skills.numerals import factors, from_roman, numerals, to_base, to_roman


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Write 1994 as a roman numeral.", "MCMXCIV"),
        ("Which number is the roman numeral MMXXIV?", "2024"),
        ("Convert 255 to hexadecimal.", "ff"),
        ("Convert 10 to binary.", "1010"),
        ("What is binary 1010 in decimal?", "10"),
        ("What is hexadecimal ff in binary?", "11111111"),
        ("Convert 100 to base 7.", "202"),
        ("What is base 7 number 202 in decimal?", "100"),
        ("What is the greatest common divisor of 84 and 36?", "12"),
        ("What is the least common multiple of 4 and 6?", "12"),
        ("Is 97 prime?", "yes"),
        ("Is 91 a prime number?", "no"),
        ("Is 1 prime?", "no"),
        ("What is the next prime after 100?", "101"),
        ("What are the prime factors of 360?", "2 x 2 x 2 x 3 x 3 x 5"),
    ],
)
def test_questions_about_numbers(prompt: str, answer: str) -> None:
    """Roman numerals, bases, divisors, multiples and primes."""
    assert numerals(prompt) == answer


@given(st.integers(1, 3999))
def test_roman_numerals_can_be_read_back(number: int) -> None:
    """Each number from 1 to 3999 has one numeral."""
    assert from_roman(to_roman(number)) == number


@given(st.integers(0, 10**15), st.integers(2, 36))
def test_bases_can_be_read_back(number: int, base: int) -> None:
    """What is written in a base has its value in that base."""
    assert int(to_base(number, base), base) == number


@given(st.integers(2, 10**6))
def test_factors_multiply_to_the_number(number: int) -> None:
    """Every factor is prime, and together they are the number."""
    found = factors(number)
    assert prod(found) == number
    assert all(len(factors(each)) == 1 for each in set(found))


@pytest.mark.parametrize(
    "prompt",
    ["Write 4000 as a roman numeral.", "Read the roman numeral IIII", "Convert 5 to base 99.",
     "gcd of 5", "What are the factors of 9999999999999?", "Is it prime?",
     "What is binary 12 in decimal?"],
)  # fmt: skip
def test_what_has_no_answer_is_refused(prompt: str) -> None:
    """Numbers out of range, missing numbers and wrong digits."""
    with pytest.raises(ValueError, match=r"."):
        numerals(prompt)
