"""Tests of what configurations may call workers and verifiers."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from workers.catalog import VERIFIERS, WORKERS, VerifierSpec, WorkerSpec
from workers.spec import Spec

_workers: TypeAdapter[WorkerSpec] = TypeAdapter(WorkerSpec)
_verifiers: TypeAdapter[VerifierSpec] = TypeAdapter(VerifierSpec)


def test_the_catalogs_and_the_unions_agree() -> None:
    """Every word is the tag of its description, and every description of the unions has a word."""
    workers = {word: entry.spec for word, entry in WORKERS.items()}
    for words, union in ((workers, WorkerSpec), (VERIFIERS, VerifierSpec)):
        members = set(get_args(get_args(union)[0]))
        assert members == set(words.values())
        assert {word: each.model_fields["type"].default for word, each in words.items()} == {
            word: word for word in words
        }


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"exact": "391"}, {"type": "exact", "answer": ["391"]}),
        ({"exact": 391}, {"type": "exact", "answer": "391"}),
        ({"exact": ["a", "b"]}, {"type": "exact", "answer": ["a", "b"]}),
        ({"exact": {"answer": "a", "case": True}}, {"type": "exact", "answer": "a", "case": True}),
        ({"numeric": 3.14}, {"type": "numeric", "value": "3.14"}),
        ({"regex": "^a"}, {"type": "regex", "pattern": "^a"}),
        (
            {"json-schema": {"type": "object"}},
            {"type": "json-schema", "schema": {"type": "object"}},
        ),
        ("recorded", {"type": "recorded"}),
    ],
)
def test_verifiers_may_be_written_short(short: object, long: object) -> None:
    """The short form means the long one, and what is written out can be read again."""
    verifier = _verifiers.validate_python(short)
    assert verifier == _verifiers.validate_python(long)
    assert _verifiers.validate_python(verifier.model_dump(mode="json")) == verifier


@pytest.mark.parametrize(
    "written",
    ["exakt", {"exakt": "391"}, {"exact": 3.1}, {"exact": []}, {"exact": {"case": True}}, 5, {}],
)
def test_bad_verifiers_are_refused(written: object) -> None:
    """Unknown words, missing fields and texts that YAML has changed are errors."""
    with pytest.raises(ValidationError):
        _verifiers.validate_python(written)


@pytest.mark.parametrize(
    "written",
    [
        {"type": "function", "id": "w", "function": "text"},
        {"type": "simulated", "id": "w", "skill": 1},
    ],
)
def test_a_description_becomes_a_worker(written: dict[str, Any]) -> None:
    """The catalog builds the worker that is described."""
    spec = _workers.validate_python(written)
    worker = WORKERS[spec.type].build(spec, 1)
    assert worker.name == "w"
    assert worker.instant


@pytest.mark.parametrize(
    "written",
    [
        {"type": "magic", "id": "w"},
        {"id": "w"},
        {"type": "simulated", "skill": 1},
        {"type": "simulated", "id": "", "skill": 1},
        {"type": "simulated", "id": "w", "skill": 1, "seats": 0},
        {"type": "simulated", "id": "w", "skill": 1, "capacity": 0},
    ],
)
def test_bad_workers_are_refused(written: dict[str, Any]) -> None:
    """Unknown types, missing names and counts below 1 are errors."""
    with pytest.raises(ValidationError):
        _workers.validate_python(written)


@pytest.mark.parametrize(
    "section", [*(entry.spec for entry in WORKERS.values()), *VERIFIERS.values()]
)
def test_every_field_explains_itself_to_editors(section: type[Spec]) -> None:
    """Each field but the tag carries a description into the JSON Schema."""
    for name, field in section.model_fields.items():
        assert field.description or name == "type", name
