"""Exact arithmetic on the expression in a prompt, without ever running it as code."""

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

_EXPRESSION = re.compile(r"[-+(.\d\u2212][-+*/%^().,\d\s\u00d7\u00f7\u2212]*")  # and their signs
_LONGEST = 500
_WIDEST = 4096
"""The most bits of a number on the way to the answer."""

_SIGNS = str.maketrans({"\u00d7": "*", "\u00f7": "/", "\u2212": "-", "^": "**", ",": ""})

_BINARY: Final[dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: Fraction(a // b),
    ast.Mod: operator.mod,
    ast.Pow: lambda a, b: _power(a, b),
}
_UNARY: Final[dict[type[ast.unaryop], Callable[[Fraction], Fraction]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


def arithmetic(prompt: str) -> str:
    """Work out the longest arithmetic expression in a prompt.

    The answer is a whole number where it is one, a decimal where that ends, else a fraction.

    Raises:
        ValueError: If there is no expression, or it divides by zero or grows too large.

    >>> arithmetic("What is 17 * 23?")
    '391'
    >>> arithmetic("Please compute (1 + 2) / 8.")
    '0.375'
    """
    found = [match.strip(" .,\n\t") for match in _EXPRESSION.findall(prompt)]
    if not any(found):
        raise ValueError("there is no arithmetic in the prompt")
    return spell(evaluate(max(found, key=len)))


def evaluate(expression: str) -> Fraction:
    """Return the exact value of an arithmetic expression.

    Args:
        expression: Numbers with ``+ - * / // % ^ **`` and brackets.

    Raises:
        ValueError: If it is anything else, divides by zero or grows too large.

    >>> evaluate("2 ^ 10 - 1")
    Fraction(1023, 1)
    """
    text = expression.translate(_SIGNS).strip()
    if len(text) > _LONGEST:
        raise ValueError(f"the expression is longer than {_LONGEST} characters")
    try:
        return _value(ast.parse(text, mode="eval").body, text)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(f"{expression!r} is not an arithmetic expression") from None
    except ZeroDivisionError:
        raise ValueError(f"{expression!r} divides by zero") from None


def spell(value: Fraction) -> str:
    """Write an exact number as people do.

    >>> spell(Fraction(1, 3)), spell(Fraction(-5, 4)), spell(Fraction(7))
    ('1/3', '-1.25', '7')
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if value.denominator == 1 or rest != 1:
        return str(value)
    digits = value.denominator.bit_length()  # 10**digits is a multiple of 2**a * 5**b
    scaled = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{scaled[:-digits]}.{scaled[-digits:]}".rstrip("0")


def _value(node: ast.expr, text: str) -> Fraction:
    match node:
        case ast.Constant():
            # the number as written: 0.1 is a tenth, not the nearest binary fraction
            result = Fraction(ast.get_source_segment(text, node) or "")
        case ast.BinOp() if type(node.op) in _BINARY:
            result = _BINARY[type(node.op)](_value(node.left, text), _value(node.right, text))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            result = _UNARY[type(node.op)](_value(node.operand, text))
        case _:
            raise ValueError(f"{text!r} is not an arithmetic expression")
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > _WIDEST:
        raise ValueError("the numbers grow too large")
    return result


def _power(number: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise ValueError("only whole exponents are worked out")
    width = max(number.numerator.bit_length(), number.denominator.bit_length())
    if width * abs(exponent) > _WIDEST:
        raise ValueError("the numbers grow too large")
    return Fraction(number ** int(exponent))
