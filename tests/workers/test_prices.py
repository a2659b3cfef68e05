"""Tokens to money: explicit prices, the table, and no price at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from protocols.units import money
from workers.errors import UnknownPriceError
from workers.prices import FREE, Price, Usage, tariff

PRICE = Price.per_million("0.25", 2, "0.025")
TOKENS = st.integers(0, 10**7)


def test_a_price_is_per_million_tokens() -> None:
    """A million tokens each way cost the sum of both prices."""
    assert PRICE.cost(Usage(10**6, 10**6)) == money("2.25")


def test_cached_tokens_have_their_own_price() -> None:
    """The cached part of the input is not charged twice."""
    assert PRICE.cost(Usage(1000, 100, cached=500)) == 337_500


def test_cached_tokens_without_a_price_cost_the_full_one() -> None:
    """A discount that nobody promised is not taken."""
    full = Price.per_million(1, 1)
    assert full.cost(Usage(1000, 0, cached=1000)) == full.cost(Usage(1000, 0))


@given(TOKENS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(spent: int, made: int, more: int) -> None:
    """A price is monotone, so the worst case of the tokens is the worst case of the money."""
    assert PRICE.cost(Usage(spent, made)) <= PRICE.cost(Usage(spent + more, made))
    assert PRICE.cost(Usage(spent, made)) <= PRICE.cost(Usage(spent, made + more))


def test_a_fraction_of_a_nano_unit_is_rounded_up() -> None:
    """A paid token is never free."""
    assert Price.per_million("0.0001", 0).cost(Usage(1)) == 1


@pytest.mark.parametrize("usage", [Usage(1000, 100), Usage(1000, 100, cached=500)])
def test_the_table_knows_openai_models(usage: Usage) -> None:
    """The listed price of gpt-5-mini is that of OpenAI's price list: 0.25, 0.025 and 2 dollars."""
    assert tariff("gpt-5-mini").cost(usage) == PRICE.cost(usage)


def test_the_table_is_asked_for_the_provider_at_the_address() -> None:
    """A model at its own provider has a price, another provider's model at that address has none."""
    assert tariff("deepseek-chat", "https://api.deepseek.com/v1").cost(Usage(1000, 0)) > 0
    with pytest.raises(UnknownPriceError):
        tariff("gpt-5-mini", "https://api.deepseek.com/v1")


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:8000/v1"])
def test_an_unknown_price_is_an_error(url: str | None) -> None:
    """What nobody knows is not taken for zero, and the message says what to write."""
    with pytest.raises(UnknownPriceError, match=r"my-model.*free: true"):
        tariff("my-model", url)


def test_free_is_said() -> None:
    """A model that is declared free costs nothing, whatever its name."""
    assert tariff("gpt-5-mini", free=True) is FREE
    assert FREE.cost(Usage(10**6, 10**6)) == 0


def test_the_configured_price_goes_first() -> None:
    """A price that is given is taken, also where the table knows another."""
    assert tariff("gpt-5-mini", price=PRICE) is PRICE


def test_free_with_a_price_is_a_contradiction() -> None:
    """Saying both is refused."""
    with pytest.raises(ValueError, match="not both"):
        tariff("m", price=PRICE, free=True)


@pytest.mark.parametrize("amount", [-1, "nan", "inf", True, None, "a lot"])
def test_a_price_is_an_amount(amount: object) -> None:
    """A price that is negative or no number is refused."""
    with pytest.raises(ValidationError):
        Price.model_validate({"input": amount, "output": 1})
