"""How money and foreign text are written."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drawing.display import money_column, money_text, number, percent, places, plain
from protocols.units import units

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([12_300], ["0.0000123"]),
        ([1], ["0.000000001"]),
        ([0, None], ["0.00", "-"]),
        ([12_300, 12_500_000_000], ["0.000012", "12.500000"]),
        ([-5_000_000_000], ["-5.00"]),
        ([1_234_500_000_000], ["1,234.50"]),
        ([1, 1_000_000_000_000_000], ["~0", "1,000,000.00"]),
    ],
)
def test_money_is_legible(amounts: list[int | None], expected: list[str]) -> None:
    """Small sums keep three digits, columns share their decimals, nothing rounds to nothing."""
    assert money_column(amounts) == expected


@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_a_column_lines_up(amounts: list[int]) -> None:
    """Every amount has as many decimals as the column, from two to nine, or is marked as tiny."""
    decimals = places(amounts)
    assert 2 <= decimals <= 9
    for text in money_column(amounts):
        assert text == "~0" or len(text.split(".")[1]) == decimals


@given(AMOUNTS)
def test_a_single_amount_is_nearly_exact(amount: int) -> None:
    """What is written is off by less than half a percent, and by nothing where there is room."""
    shown = Decimal(money_text(amount).replace(",", ""))
    assert abs(shown - units(amount)) <= abs(units(amount)) / 200


@given(st.text(max_size=200), st.integers(1, 50))
def test_plain_text_is_harmless_and_short(text: str, longest: int) -> None:
    """No control, format or surrogate character is left, nor more characters than allowed."""
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert not any(unicodedata.category(character)[0] == "C" for character in shown)


def test_text_that_could_trick_a_reader() -> None:
    """Escapes, right-to-left overrides and line breaks lose their force."""
    assert plain("a\x1b]0;title\x07b\u202ec\r\nd") == "a�]0;title�b�c  d"


def test_shares_and_numbers() -> None:
    """Shares are percentages, absent numbers are dashes, and nothing is minus zero."""
    assert (percent(1 / 3), percent(1 / 3, 1), percent(None)) == ("33 %", "33.3 %", "-")
    assert (number(-0.0), number(0.12345), number(None)) == ("0.000", "0.123", "-")
