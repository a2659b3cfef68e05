"""Money, probabilities and identifiers: what a number or a string means.

Money is an integer count of *nano-units*, 10**-9 of the currency of the run, so that sums and ties
are exact and a call of a small model (some thousand nano-units) does not round to nothing.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, NewType

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

NANO: Final = 1_000_000_000
"""Nano-units in one unit of the currency."""

LARGEST: Final = 10**15
"""The largest single amount, a million units: sums of thousands still fit 64 bits."""

Money = NewType("Money", int)
TaskId = NewType("TaskId", str)
WorkerId = NewType("WorkerId", str)
AnnouncementId = NewType("AnnouncementId", str)

Amount = Annotated[Money, Field(ge=0, le=LARGEST)]
"""Money that cannot be owed: from zero to a million units."""

Balance = Annotated[Money, Field(ge=-4 * LARGEST, le=4 * LARGEST)]
"""Money that may be owed, as by a worker that fails: the sum of a few amounts."""

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0, le=1e9)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=1_000_000)]
Printable = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
"""What an id is made of: no control characters, one of which separates the ids in keys."""

PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
"""The same, for the names in files of others, whose rows are no models."""

ZERO: Final = Money(0)


def money(amount: Decimal | str | float) -> Money:
    """Turn an amount in units of the currency into nano-units.

    Args:
        amount: Units, such as ``"0.05"``, ``Decimal("0.05")`` or ``0.05``; rounded half to even to
            the nearest nano-unit.

    Returns:
        The integer number of nano-units.

    Raises:
        ValueError: If the amount is not finite, not a number, or beyond a million units.

    >>> money("0.05")
    50000000
    """
    try:
        nano = (Decimal(str(amount)) * NANO).to_integral_value()
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount of money") from None
    if not nano.is_finite() or abs(nano) > LARGEST:
        raise ValueError(f"{amount!r} is not an amount of money up to a million units")
    return Money(int(nano))


def units(amount: int) -> Decimal:
    """Return nano-units as an exact decimal number of units.

    >>> units(50000000)
    Decimal('0.05')
    """
    return (Decimal(amount) / NANO).normalize() if amount else Decimal(0)


def _from_units(amount: object) -> Money:
    if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
        # pydantic turns a ValueError, and no TypeError, into a validation error
        raise ValueError("expected an amount of money, such as 0.05")  # noqa: TRY004
    return money(amount)


Units = Annotated[
    Money,
    BeforeValidator(_from_units),
    Field(ge=0, le=LARGEST),
    PlainSerializer(lambda amount: str(units(amount)), return_type=str),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0}),
]
"""Money as people write it in a configuration: units of the currency, such as ``0.05``."""
