"""A verifier for answers that must be a number, or near it."""

import re
from decimal import Decimal, InvalidOperation, localcontext
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from protocols.messages import Lot, Result
from workers.ports import RIGHT, Verdict
from workers.spec import Spec

_MINUS: Final = str.maketrans("\u2212\u2013", "--")
_NUMBER: Final = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d{1,4})?",
    re.ASCII,
)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"expected a number, not {value!r}") from None


Number = Annotated[
    Decimal,
    BeforeValidator(_number),
    WithJsonSchema({"type": ["number", "string"]}),
]
"""A number as it is written, so that 0.1 is a tenth."""

Tolerance = Annotated[Number, Field(ge=0, allow_inf_nan=False)]


class Numeric(Spec):
    """Accepts an answer whose number is near enough.

    The distance may be ``tolerance``, or ``relative`` times the value, whichever is larger. Commas
    between thousands are understood.
    """

    type: Literal["numeric"] = "numeric"
    value: Annotated[Number, Field(allow_inf_nan=False, description="The right number.")]
    tolerance: Annotated[Tolerance, Field(description="How far off it may be.")] = Decimal(0)
    relative: Annotated[Tolerance, Field(description="How far off as a share of the value.")] = (
        Decimal(0)
    )
    read: Annotated[
        Literal["last", "whole"],
        Field(description="last: the last number in the answer. whole: nothing but a number."),
    ] = "last"

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Compare the number in the answer with the right one."""
        del lot
        text = result.answer.translate(_MINUS).strip()
        if self.read == "whole":
            found = [text] if len(text) <= _LONGEST_READ and _NUMBER.fullmatch(text) else []
        else:
            found = _NUMBER.findall(text[-_LONGEST_READ:])
        if not found:
            return Verdict(0.0, "there is no number in the answer")
        low, high = self._limits
        if low <= Decimal(found[-1].replace(",", "")) <= high:
            return RIGHT
        return Verdict(0.0, f"expected {self.value}, found {found[-1][:40]}")

    @cached_property
    def _limits(self) -> tuple[Decimal, Decimal]:
        with localcontext(prec=_LONGEST_READ):  # all digits count, not the first 28
            reach = max(self.tolerance, self.relative * abs(self.value))
            return self.value - reach, self.value + reach


_LONGEST_READ = 10_000
"""How many characters of an answer are searched for a number, from its end; no number is longer."""


def numeric(
    value: Decimal | str | float,
    *,
    tolerance: Decimal | str | float = 0,
    relative: Decimal | str | float = 0,
    read: Literal["last", "whole"] = "last",
) -> Numeric:
    """Return a verifier that accepts a number near enough.

    >>> numeric(3.14, tolerance=0.01).value
    Decimal('3.14')
    """
    return Numeric.model_validate(
        {"value": value, "tolerance": tolerance, "relative": relative, "read": read}
    )
