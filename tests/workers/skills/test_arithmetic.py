"""Tests of exact arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.skills.arithmetic import arithmetic, evaluate, spell


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is 17 * 23?", "391"),
        ("Compute 2 + 2.", "4"),
        ("What is (3 + 4) * (10 - 2)?", "56"),
        ("What is 0.1 + 0.2?", "0.3"),
        ("What is 1/3 + 1/6?", "0.5"),
        ("What is 10 / 3?", "10/3"),
        ("What is 2^10?", "1024"),
        ("What is -7 % 3?", "2"),
        ("What is 7 // 2?", "3"),
        ("What is 1,250 \u00d7 4?", "5000"),
        ("What is 3 \u2212 10?", "-7"),
        ("In 2024, what is 6 * 7?", "42"),
        ("What is 2 ** -2?", "0.25"),
    ],
)
def test_expressions_are_worked_out(prompt: str, answer: str) -> None:
    """The longest expression of the prompt is worked out exactly."""
    assert arithmetic(prompt) == answer


@given(st.fractions(), st.fractions(), st.sampled_from("+-*/"))
def test_it_is_exact(left: Fraction, right: Fraction, sign: str) -> None:
    """The value is that of exact fractions."""
    if sign == "/" and not right:
        return
    exact = {"+": left + right, "-": left - right, "*": left * right}
    wanted = exact[sign] if sign in exact else left / right
    assert evaluate(f"({left}) {sign} ({right})") == wanted


@given(st.fractions())
def test_what_is_spelled_can_be_read(value: Fraction) -> None:
    """Whole numbers, decimals and fractions are written so that they keep their value."""
    assert Fraction(spell(value)) == value


@pytest.mark.parametrize(
    "expression",
    ["", "1 +", "1 / 0", "5 % 0", "0 ** -1", "2 ** 0.5", "9 ** 9 ** 9", "2 ** 5000", "10 ** 2000",
     "(" * 400, "1 if 1 else 2", "abs(1)", "'1'", "__import__('os')", "1 < 2", "[1]", "True", "1j",
     "1" * 501, "~1", "1 & 1", "x"],
)  # fmt: skip
def test_anything_else_is_refused(expression: str) -> None:
    """No names, no calls, no other types, and nothing that grows without bound."""
    with pytest.raises(ValueError, match=r"."):
        evaluate(expression)
