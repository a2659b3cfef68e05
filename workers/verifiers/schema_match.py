"""A verifier for answers that must be JSON of a certain shape."""

import json
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

from pydantic import ConfigDict, Field, field_validator

from protocols.messages import Lot, Result
from workers.ports import RIGHT, Verdict
from workers.spec import Spec

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_FENCE = "```"


class JsonSchema(Spec):
    """Accepts an answer that is JSON, alone or in a fenced block, and fits a JSON Schema.

    References to other documents are never fetched.
    """

    model_config = ConfigDict(
        validate_by_alias=True, validate_by_name=True, serialize_by_alias=True
    )

    type: Literal["json-schema"] = "json-schema"
    document: Annotated[
        dict[str, Any], Field(alias="schema", description="The JSON Schema of a right answer.")
    ]

    @field_validator("document")
    @classmethod
    def _is_schema(cls, document: dict[str, Any]) -> dict[str, Any]:
        from jsonschema import SchemaError  # imported late: it is slow to load and seldom used

        try:
            _validator(document).check_schema(document)
        except SchemaError as error:
            raise ValueError(f"not a JSON Schema: {error.message}") from None
        return document

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Parse the answer and hold it against the schema."""
        del lot
        try:
            value = json.loads(_unfenced(result.answer), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            return Verdict(0.0, f"the answer is not JSON: {error}"[:500])
        try:
            misfit = next(self._checker.iter_errors(value), None)
        except (ArithmeticError, RecursionError) as error:
            return Verdict(0.0, f"too large or too deep for the schema: {error}"[:500])
        if misfit is None:
            return RIGHT
        return Verdict(0.0, f"{misfit.json_path}: {misfit.message}"[:500])

    @cached_property
    def _checker(self) -> "Validator":
        return _validator(self.document)


def json_schema(document: dict[str, Any]) -> JsonSchema:
    """Return a verifier that accepts JSON of the shape that a JSON Schema gives.

    >>> json_schema({"type": "array"}).type
    'json-schema'
    """
    return JsonSchema(document=document)


def _validator(document: dict[str, Any]) -> "Validator":
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry

    # an empty registry: the default one would fetch references from the network
    return validator_for(document, default=Draft202012Validator)(document, registry=Registry())


def _unfenced(answer: str) -> str:
    text = answer.strip()
    if not (text.startswith(_FENCE) and text.endswith(_FENCE)):
        return text
    return text.removesuffix(_FENCE).partition("\n")[2]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
