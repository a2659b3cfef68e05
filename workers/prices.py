"""What a model call costs: tokens to nano-units, and never a silent zero.

A price is given in the configuration, or looked up in the table of genai-prices, or the model is
declared free. A model that none of these knows has no price, and asking for it is an error, with a
budget and without one: what a model costs is half of its bid, so one that seemed to cost nothing
would win every auction.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from protocols.frozen import Frozen
from protocols.units import NANO, ZERO, Money, Units
from workers.errors import UnknownPriceError

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import ModelPrice

_MILLION = 1_000_000


class Usage(NamedTuple):
    """The tokens of one attempt.

    Attributes:
        input: Tokens of the prompt, cached ones included.
        output: Tokens of the answer, hidden reasoning included.
        cached: The part of the input that was read from the endpoint's cache.
        estimated: Whether this is our own estimate, as the endpoint reported nothing believable.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    estimated: bool = False


class Tariff(Protocol):
    """Turns tokens into money."""

    def cost(self, usage: Usage) -> Money:
        """Return what these tokens cost, rounded up to whole nano-units."""
        ...


class Price(Frozen):
    """A linear price per million tokens.

    Attributes:
        input: Units per million tokens of the prompt.
        output: Units per million tokens of the answer.
        cached_input: Units per million prompt tokens read from a cache; as ``input`` if not given.

    >>> Price.per_million("0.25", 2).cost(Usage(input=1000, output=100))
    450000
    """

    input: Units
    output: Units
    cached_input: Units | None = None

    @classmethod
    def per_million(
        cls,
        input: Decimal | str | float,
        output: Decimal | str | float,
        cached_input: Decimal | str | float | None = None,
    ) -> Self:
        """Make a price from units per million tokens."""
        fields = {"input": input, "output": output, "cached_input": cached_input}
        return cls.model_validate(fields)

    def cost(self, usage: Usage) -> Money:
        """Return what these tokens cost, rounded up to whole nano-units."""
        cached = self.input if self.cached_input is None else self.cached_input
        total = (
            (usage.input - usage.cached) * self.input
            + usage.cached * cached
            + usage.output * self.output
        )
        return Money(-(-total // _MILLION))


FREE = Price(input=ZERO, output=ZERO)
"""The price of a model that costs nothing, such as one on this machine."""


class ListedPrice:
    """A price from the table of genai-prices, with its tiers and its prices of cached tokens."""

    def __init__(self, price: ModelPrice) -> None:
        self._price = price

    def __repr__(self) -> str:
        return f"ListedPrice({self._price})"

    def cost(self, usage: Usage) -> Money:
        """Return what these tokens cost, rounded up to whole nano-units."""
        from genai_prices import Usage as Tokens

        tokens = Tokens(
            input_tokens=usage.input,
            output_tokens=usage.output,
            cache_read_tokens=usage.cached,
        )
        return Money(ceil(self._price.calc_price(tokens)["total_price"] * NANO))


def tariff(
    model: str, base_url: str | None = None, price: Price | None = None, *, free: bool = False
) -> Tariff:
    """Find out what a model costs.

    Args:
        model: The name by which the endpoint knows it.
        base_url: The endpoint; ``None`` is OpenAI's own. The table is only asked about models of
            the provider at that address: the same name elsewhere may cost something else.
        price: The price from the configuration, which goes first.
        free: The model costs nothing.

    Raises:
        ValueError: If it is said to be free and to have a price.
        UnknownPriceError: If neither the configuration nor the table knows.

    >>> tariff("gpt-5-mini").cost(Usage(input=1000, output=100))
    450000
    """
    if free and price is not None:
        raise ValueError(f"model {model!r} is either free or has a price, not both")
    if free or price is not None:
        return price or FREE
    try:
        return ListedPrice(_listed(model, base_url))
    except LookupError:
        raise UnknownPriceError(model, base_url or "OpenAI") from None


def _listed(model: str, base_url: str | None) -> ModelPrice:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    any_use = Tokens(input_tokens=1, output_tokens=1)
    if base_url is None:
        return calc_price(any_use, model, provider_id="openai").model_price
    return calc_price(any_use, model, provider_api_url=base_url).model_price
