"""Which answers are the same: every answer gets the name of its class."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from orchestrator.peer_settings import PeerSettings
from workers.verifiers import normalised

_NUMBER: Final = re.compile(r"[-+]?(?:\d[\d,]*)?\.?\d+(?:[eE][-+]?\d{1,3})?", re.ASCII)
_LONGEST: Final = 10_000


def classes_of(answers: Sequence[str], settings: PeerSettings) -> list[str]:
    """Return the class of each answer to one task.

    Numbers are the last ones of their answers. They are in one class if they lie within the
    tolerance of the smallest of it, and that one names the class; an answer without a number is
    compared as a text.

    >>> classes_of(["Yes.", "yes", "no"], PeerSettings())
    ['yes', 'yes', 'no']
    >>> classes_of(["about 10.1", "10", "12"], PeerSettings(classes="numeric", tolerance="0.5"))
    ['10', '10', '12']
    """
    if settings.classes == "exact":
        return list(answers)
    if settings.classes == "normalised":
        return [normalised(answer) for answer in answers]
    numbers = [_number(answer) for answer in answers]
    names: dict[Decimal, str] = {}
    first: Decimal | None = None
    for number in sorted({each for each in numbers if each is not None}):
        if first is None or number - first > settings.tolerance:
            first = number
        names[number] = f"{first.normalize():f}"
    return [
        normalised(answer) if number is None else names[number]
        for answer, number in zip(answers, numbers, strict=True)
    ]


def _number(answer: str) -> Decimal | None:
    """Return the last number of an answer; it is searched from its end."""
    found = _NUMBER.findall(answer[-_LONGEST:])
    return Decimal(found[-1].replace(",", "")) if found else None
