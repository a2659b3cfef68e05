"""Tests of the verifier for JSON answers."""

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot, result
from workers.verifiers import JsonSchema, json_schema

pytestmark = pytest.mark.anyio
_PERSON = {
    "type": "object",
    "properties": {"age": {"type": "integer", "minimum": 0}},
    "required": ["age"],
}


@pytest.mark.parametrize("answer", ['{"age": 3}', ' {"age": 3}\n', '```json\n{"age": 3}\n```'])
async def test_it_accepts_what_fits(answer: str) -> None:
    """JSON of the right shape, alone or in a fenced block."""
    assert (await json_schema(_PERSON).verify(lot(), result(answer))).success == 1.0


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ('{"age": -1}', r"$.age: -1 is less than the minimum of 0"),
        ("{}", "$: 'age' is a required property"),
        ("", "the answer is not JSON"),
        ("3 years", "the answer is not JSON"),
        ('{"age": NaN}', "the answer is not JSON: NaN is no JSON"),
        ("[" * 100_000, "the answer is not JSON"),
        ("```", "the answer is not JSON"),
        ("1" * 5000, "the answer is not JSON"),
    ],
)
async def test_it_refuses_the_rest_with_the_reason(answer: str, detail: str) -> None:
    """No JSON, JSON of another shape, and hostile nesting are wrong answers, not errors."""
    verdict = await json_schema(_PERSON).verify(lot(), result(answer))
    assert verdict.success == 0.0
    assert verdict.detail.startswith(detail)


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        ({"items": {"$ref": "#"}}, "[" * 480 + "]" * 480),
        ({"multipleOf": 0.1}, "1" + "0" * 400),
        ({"multipleOf": 0.1}, "1e999"),
    ],
)
async def test_an_answer_that_cannot_be_held_against_the_schema_is_wrong(
    schema: dict[str, object], answer: str
) -> None:
    """Nobody escapes a verdict by an answer that is too deep or too large to be checked."""
    verdict = await json_schema(schema).verify(lot(), result(answer))
    assert verdict.success == 0.0
    assert verdict.detail.startswith("too large or too deep for the schema")


def test_a_bad_schema_is_refused_at_once() -> None:
    """The configuration is wrong, not the answers."""
    with pytest.raises(ValidationError, match="not a JSON Schema: 'objekt'"):
        json_schema({"type": "objekt"})


async def test_nothing_is_fetched_from_elsewhere() -> None:
    """A reference to another document cannot be resolved, so there is no verdict."""
    verifier = json_schema({"$ref": "http://127.0.0.1:9/schema.json"})
    with pytest.raises(Exception, match="Unresolvable"):
        await verifier.verify(lot(), result("1"))


def test_it_is_written_as_schema() -> None:
    """In a configuration the field is called ``schema``, in and out."""
    verifier = JsonSchema.model_validate({"type": "json-schema", "schema": _PERSON})
    assert verifier.document == _PERSON
    assert verifier.model_dump(mode="json") == {"type": "json-schema", "schema": _PERSON}
