"""How workers and verifiers are described in a configuration."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict, TypeVar, cast

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from protocols.frozen import Frozen
from protocols.messages import Participant
from protocols.units import Name, Printable, WorkerId

T = TypeVar("T")

Several = Annotated[tuple[T, ...], Field(strict=False)]
"""A tuple that is written as a list."""


class Spec(Frozen):
    """A section of a configuration: frozen, and closed to unknown fields and wrong kinds of value.

    Lists are declared as ``Several``; whole numbers are taken where a fraction is expected.
    """


def _text(value: object) -> object:
    if isinstance(value, bool | float):
        # pydantic turns a ValueError, and no TypeError, into a validation error
        raise ValueError(f"put the text in quotes, {value!r} has lost how it was written")  # noqa: TRY004
    return str(value) if isinstance(value, int) else value


Written = Annotated[
    str,
    BeforeValidator(_text),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
"""Text that may be a bare whole number in a configuration, such as the answer 391."""


class Terms(TypedDict, total=False):
    """On which terms a worker takes part; every field may be left out.

    Attributes:
        payable: Whether it is paid in cash.
        capacity: The most lots that it may win in one announcement.
        owner: Who gains from its pay.
        family: Which model stands behind it.
        kinds: The kinds of task that it bids on; ``None`` is all.
        seats: The most tasks that it executes at the same time.
    """

    payable: bool
    capacity: int | None
    owner: str | None
    family: str | None
    kinds: tuple[str, ...] | None
    seats: int


def participant(name: str, terms: Terms) -> Participant:
    """Return a worker as the market knows it.

    Raises:
        TypeError: If a term is unknown: type checkers see a misspelt one, programs must not miss it.
    """
    if unknown := terms.keys() - Terms.__annotations__.keys():
        raise TypeError(f"worker {name!r}: unexpected arguments: {', '.join(sorted(unknown))}")
    return Participant(
        worker=WorkerId(name),
        payable=terms.get("payable", False),
        capacity=terms.get("capacity"),
        owner=terms.get("owner"),
        family=terms.get("family"),
    )


class ParticipantSpec(Spec):
    """The fields that describe every worker, whatever its type."""

    id: Annotated[str, Printable, Field(description="The worker's name, unique in the run.")]
    payable: Annotated[
        bool, Field(description="Whether the worker is paid in cash; false for workers you run.")
    ] = False
    capacity: Annotated[
        int | None, Field(ge=1, description="The most lots that it may win in one announcement.")
    ] = None
    owner: Annotated[Name | None, Field(description="Who gains from the worker's pay.")] = None
    family: Annotated[Name | None, Field(description="Which model stands behind it.")] = None
    kinds: Annotated[
        Several[Name] | None, Field(description="The kinds of task it bids on; all if left out.")
    ] = None
    seats: Annotated[
        int, Field(ge=1, le=10_000, description="The most tasks that it executes at the same time.")
    ] = 8

    def terms(self) -> Terms:
        """Return the terms on which the worker takes part."""
        return Terms(
            payable=self.payable,
            capacity=self.capacity,
            owner=self.owner,
            family=self.family,
            kinds=self.kinds,
            seats=self.seats,
        )


class Shorthand:
    """Annotates a tagged union so that it may also be written short.

    With ``Shorthand("type", {"exact": "answer"})`` the three forms mean the same::

        {type: exact, answer: "391"}
        {exact: {answer: "391"}}
        {exact: "391"}

    and a word whose subject is ``None``, or whose fields all have defaults, may stand alone.

    Args:
        tag: The field that names the member of the union.
        subjects: For each member the field that a bare value fills, or ``None``.
    """

    def __init__(self, tag: str, subjects: Mapping[str, str | None]) -> None:
        self.tag = tag
        self.subjects = dict(subjects)

    def expand(self, value: object) -> object:
        """Return the long form of what was written."""
        if isinstance(value, str):
            return {self.tag: value}
        if not isinstance(value, Mapping):
            return value
        given = cast("Mapping[object, object]", value)
        if self.tag in given or len(given) != 1:
            return given
        word, options = next(iter(given.items()))
        if options is None:
            return {self.tag: word}
        subject = self.subjects.get(str(word))
        if isinstance(options, Mapping) and (subject is None or subject in options):
            return {self.tag: word, **cast("Mapping[object, object]", options)}
        long: dict[str, object] = {self.tag: word, subject or "value": options}
        return long

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        short: list[JsonSchemaValue] = [
            {
                "type": "object",
                "properties": {word: {}},
                "required": [word],
                "additionalProperties": False,
            }
            for word in self.subjects
        ]
        return {"anyOf": [handler(schema), {"enum": list(self.subjects)}, *short]}
