"""Verifiers: each decides whether an answer is a success, and is its own description.

In a configuration ``verify: {type: exact, answer: "391"}`` and ``verify: {exact: "391"}`` mean the
same; in code it is ``exact("391")``.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from functools import cached_property
from inspect import isawaitable, iscoroutinefunction
from typing import Annotated, Final, Literal, cast

import anyio.to_thread
from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from protocols.errors import TruthbidError
from protocols.messages import Lot, Result
from workers.ports import Verdict
from workers.spec import Several, Spec, Written

RIGHT: Final = Verdict(1.0)

_TRAILING = ".,;:!? "
_AROUND = "\"'`* \u201c\u201d\u2018\u2019"
_MINUS = str.maketrans("\u2212\u2013", "--")
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d{1,4})?",
    re.ASCII,
)


class VerifierError(TruthbidError):
    """Raised when a verifier cannot judge at all; the answer is then neither right nor wrong."""


def normalised(text: str, *, case: bool = False) -> str:
    """Return a text without what does not change an answer.

    Runs of white space become one space; quotes and emphasis around it, punctuation at its end
    and, unless ``case`` matters, capitals are taken away.

    >>> normalised('  "The Nile".')
    'the nile'
    """
    plain = " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
    stripped = plain.rstrip(_TRAILING).strip(_AROUND).rstrip(_TRAILING) or plain
    return stripped if case else stripped.casefold()


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)  # pyright: ignore[reportUnknownVariableType]


class Exact(Spec):
    """Accepts an answer that is the same but for case, spaces, quotes and final punctuation."""

    type: Literal["exact"] = "exact"
    answer: Annotated[
        Several[Written],
        BeforeValidator(_listed, json_schema_input_type=Written | list[Written]),
        Field(min_length=1, description="The right answer, or a list of them."),
    ]
    case: Annotated[bool, Field(description="Whether capitals matter.")] = False
    verbatim: Annotated[bool, Field(description="Whether every character matters.")] = False

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Compare the answer with the right ones."""
        del lot
        answer = result.answer
        if answer in self._accepted:
            return RIGHT
        if not self.verbatim and normalised(answer, case=self.case) in self._plain:
            return RIGHT
        return self._wrong

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset(self.answer)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(normalised(each, case=self.case) for each in self._accepted)

    @cached_property
    def _wrong(self) -> Verdict:
        return Verdict(0.0, f"expected {' or '.join(map(repr, sorted(self._accepted)))}"[:500])


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
        text = result.answer.translate(_MINUS)[-_LONGEST_READ:].strip()
        if self.read == "whole":
            found = [text] if _NUMBER.fullmatch(text) else []
        else:
            found = _NUMBER.findall(text)
        if not found:
            return Verdict(0.0, "there is no number in the answer")
        low, high = self._limits
        if low <= Decimal(found[-1].replace(",", "")) <= high:
            return RIGHT
        return Verdict(0.0, f"expected {self.value}, found {found[-1][:40]}")

    @cached_property
    def _limits(self) -> tuple[Decimal, Decimal]:
        reach = max(self.tolerance, self.relative * abs(self.value))
        return self.value - reach, self.value + reach


_LONGEST_READ = 10_000
"""How many characters of an answer are searched for a number, from its end."""


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


class Recorded(Spec):
    """Takes the outcome that a recorded or simulated worker brings with its result."""

    type: Literal["recorded"] = "recorded"

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Return the outcome of the record.

        Raises:
            VerifierError: If the worker brings none.
        """
        if result.truth is None:
            raise VerifierError(
                f"the result of {result.worker!r} on {lot.task!r} has no recorded outcome; use the"
                " verifier 'recorded' with recorded and simulated workers only"
            )
        return Verdict(result.truth)


Judge = Callable[[str], float | Awaitable[float]]
"""Takes an answer and returns ``True``, ``False`` or a share of success in [0, 1]."""


class Check:
    """Asks a function of this program; see ``check``."""

    def __init__(self, function: Judge, *, blocking: bool = False) -> None:
        self._function = function
        self._threaded = blocking and not iscoroutinefunction(function)

    @property
    def type(self) -> str:
        """The word that the journal knows it by."""
        return "callable"

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Ask the function.

        Raises:
            VerifierError: If it returns no number from 0 to 1.
        """
        del lot
        found: object
        if self._threaded:
            # in a tuple, since trio takes no coroutine out of a thread
            (found,) = await anyio.to_thread.run_sync(
                lambda: (self._function(result.answer),), abandon_on_cancel=True
            )
        else:
            found = self._function(result.answer)
        if isawaitable(found):
            found = await cast("Awaitable[object]", found)
        if not isinstance(found, int | float) or not 0 <= found <= 1:
            raise VerifierError(f"a check returns True, False or a number in [0, 1], not {found!r}")
        return Verdict(float(found))


def exact(answer: str, *others: str, case: bool = False, verbatim: bool = False) -> Exact:
    """Return a verifier that accepts one of some answers.

    >>> exact("391", "three hundred and ninety-one").type
    'exact'
    """
    return Exact(answer=(answer, *others), case=case, verbatim=verbatim)


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


def regex(pattern: str, *, full: bool = False, ignore_case: bool = False) -> Regex:
    """Return a verifier that accepts an answer in which a pattern is found.

    >>> regex("^yes", ignore_case=True).pattern
    '^yes'
    """
    return Regex(pattern=pattern, full=full, ignore_case=ignore_case)


def check(function: Judge, *, blocking: bool = False) -> Check:
    """Return a verifier that asks a function of this program.

    Args:
        function: Synchronous or not; gets the answer, returns ``True``, ``False`` or a number in
            [0, 1].
        blocking: Says of a synchronous function that it may take long; it then runs in a thread.

    >>> check(str.isdigit).type
    'callable'
    """
    return Check(function, blocking=blocking)
