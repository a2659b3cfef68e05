"""A verifier for answers in which a pattern must be found."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from protocols.messages import Lot, Result
from workers.ports import RIGHT, Verdict
from workers.spec import Spec


class Regex(Spec):
    """Accepts an answer in which a pattern is found.

    A long answer is not searched, since some patterns take time that grows fast with the length;
    even so, avoid a repetition within a repetition, such as ``(a+)+``.
    """

    type: Literal["regex"] = "regex"
    pattern: Annotated[
        str, Field(min_length=1, max_length=2_000, description="A regular expression of Python.")
    ]
    full: Annotated[bool, Field(description="Whether the whole answer must match.")] = False
    ignore_case: Annotated[bool, Field(description="Whether capitals do not matter.")] = False
    longest: Annotated[
        int, Field(ge=1, le=1_000_000, description="Answers with more characters are wrong.")
    ] = 2_000

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Search the answer for the pattern."""
        del lot
        if len(result.answer) > self.longest:
            return Verdict(0.0, f"the answer is longer than {self.longest} characters")
        match = self._compiled.fullmatch if self.full else self._compiled.search
        return RIGHT if match(result.answer) else Verdict(0.0, "the pattern is not in the answer")

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE if self.ignore_case else 0)


def regex(pattern: str, *, full: bool = False, ignore_case: bool = False) -> Regex:
    """Return a verifier that accepts an answer in which a pattern is found.

    >>> regex("^yes", ignore_case=True).pattern
    '^yes'
    """
    return Regex(pattern=pattern, full=full, ignore_case=ignore_case)
