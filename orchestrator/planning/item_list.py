"""The list in an answer, for each item of which another task is done."""

import json
import re
from typing import Any, Final, Literal, Self, cast

from pydantic import PrivateAttr

from orchestrator.entrance import described
from protocols.messages import Lot, Result
from protocols.units import ZERO, Money
from workers.ports import RIGHT, Assessment, Assessor, Verdict, Verifier
from workers.spec import Spec
from workers.verifiers.person import AsksPerson, Human, VerdictFile

LONGEST_ITEM: Final = 10_000

_FENCED: Final = re.compile(r"\s*```[a-z]*\n(.*?)\n?```\s*", re.DOTALL)


def items_in(answer: str, most: int) -> tuple[str, ...]:
    """Return the items of an answer that is a JSON list of texts or numbers, fenced or not.

    Raises:
        ValueError: If it is something else, empty, or longer than ``most``.

    >>> items_in('["Ulm", 7]', most=2)
    ('Ulm', '7')
    """
    found = _FENCED.fullmatch(answer)
    try:
        value: Any = json.loads(found[1] if found else answer)
    except (ValueError, RecursionError):
        raise ValueError("the answer is no JSON list") from None
    if not isinstance(value, list):
        raise ValueError(f"the answer is no JSON list but a {type(value).__name__}")  # noqa: TRY004 - about data
    items = cast("list[object]", value)
    if not 1 <= len(items) <= most:
        raise ValueError(f"the list has {len(items)} items, and may have 1 to {most}")
    return tuple(map(_item, items))


def _item(item: object) -> str:
    if isinstance(item, bool) or not isinstance(item, str | int | float):
        raise ValueError(f"an item is no text and no number but a {type(item).__name__}")  # noqa: TRY004 - about data
    text = str(item)
    if len(text) > LONGEST_ITEM:
        raise ValueError(f"an item is longer than {LONGEST_ITEM} characters")
    return text


class ListAnswer(Spec):
    """Accepts an answer that is a list of so many items and that another verifier accepts too.

    Attributes:
        most: The most items.
        also: The other verifier as data.
    """

    type: Literal["list"] = "list"
    most: int
    also: dict[str, Any] | None = None
    _inner: Verifier | None = PrivateAttr(default=None)

    @classmethod
    def around(cls, inner: Verifier | None, most: int) -> Self:
        """Return the verifier around another one that only looks, or around none."""
        verifier = cls(most=most, also=described(inner))
        verifier._inner = inner
        return verifier

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Read the list, then ask the other verifier."""
        fault = _fault(result.answer, self.most)
        if fault is not None or self._inner is None:
            return fault or RIGHT
        return await self._inner.verify(lot, result)


class AssessedList(Assessor, AsksPerson):
    """Does as `ListAnswer`, where the other verifier takes a process, a bill, a person or time.

    Args:
        inner: The other verifier, by whose word this one is known.
        most: The most items.
    """

    def __init__(self, inner: Verifier, most: int) -> None:
        self._inner, self._most = inner, most
        self.described = ListAnswer(most=most, also=described(inner))
        self.type = inner.type
        if isinstance(inner, Assessor):
            self.seconds, self.announced = inner.seconds, inner.announced

    def reading(self, file: VerdictFile) -> Verifier:
        """Return the verifier whose person, if it asks one, says by a file."""
        inner = self._inner
        return AssessedList(inner.reading(file), self._most) if isinstance(inner, Human) else self

    def ceiling(self, lot: Lot) -> Money:
        """Return what the other verifier may cost."""
        return self._inner.ceiling(lot) if isinstance(self._inner, Assessor) else ZERO

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Read the list, then ask the other verifier; what is no list costs nothing.

        Raises:
            VerifierError: If that cannot judge it.
        """
        fault = _fault(result.answer, self._most)
        if fault is not None:
            return Assessment(fault)
        if isinstance(self._inner, Assessor):
            return await self._inner.assess(lot, result)
        return Assessment(await self._inner.verify(lot, result))


def listing(inner: Verifier | None, most: int) -> Verifier:
    """Return what accepts lists of so many items that another verifier accepts, if there is one."""
    if inner is None or (isinstance(inner, Spec) and not isinstance(inner, Human)):
        return ListAnswer.around(inner, most)
    return AssessedList(inner, most)


def _fault(answer: str, most: int) -> Verdict | None:
    try:
        items_in(answer, most)
    except ValueError as error:
        return Verdict(0.0, str(error))
    return None
