"""Tests of unquoted scalars against the YAML 1.2 core schema."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.strict_yaml.yaml_scalar import MAX_DIGITS, Scalar, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("null", None),
        ("~", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("012", 12),
        ("0o14", 12),
        ("0xC", 12),
        ("1e3", 1000.0),
        ("12e03", 12000.0),
        (".5", 0.5),
        ("-1.", -1.0),
        ("-2E+05", -200000.0),
    ],
)
def test_core_schema(text: str, value: Scalar) -> None:
    """Words and numbers of YAML 1.2.2, section 10.3.2, get their type (its examples included)."""
    resolved = resolve(text)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "N",
        "12:30",
        "190:20:30",
        "2024-01-01",
        "1_000",
        "0b1",
        "=",
        "1e",
        "e3",
        "+",
        ".",
        "-",
        "--1",
        "0x",
        "0o8",
        "1.2.3",
        "0x1.8",
        "nan",
        "inf",
        "nULL",
        "²",
    ],
)
def test_texts_stay_texts(text: str) -> None:
    """What YAML 1.1 took for a boolean, a time, a date or a number is a string."""
    assert resolve(text) == text


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF", "1e400", "-1e999"])
def test_not_finite(text: str) -> None:
    """A number that is not finite, or overflows to infinity, is refused."""
    with pytest.raises(ValueError, match=r"finite|too large"):
        resolve(text)


@pytest.mark.parametrize("text", ["9" * 100_000, "0x" + "f" * 100_000, "0." + "1" * 100_000])
def test_endless_numbers(text: str) -> None:
    """A number of hundreds of digits is refused in words, without the digits."""
    with pytest.raises(ValueError, match=rf"^the number {text[:20]}\.\.\. has too many digits$"):
        resolve(text)
    assert isinstance(resolve(text[:MAX_DIGITS]), int | float)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_what_python_prints(value: float) -> None:
    """Every number that Python prints is read back as the same number of the same type."""
    resolved = resolve(repr(value))
    assert resolved == value
    assert type(resolved) is type(value)
    assert not isinstance(resolved, float) or math.copysign(1, resolved) == math.copysign(1, value)
