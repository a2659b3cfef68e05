"""The form of drafts."""

import json
from typing import Any

from pydantic import JsonValue

from workers.catalog import VERIFIERS
from workers.planning.draft import CHECKS, Draft, DraftTask, draft_form


def objects(schema: JsonValue) -> list[dict[str, Any]]:
    """Return every object of a schema."""
    if isinstance(schema, list):
        return [found for each in schema for found in objects(each)]
    if not isinstance(schema, dict):
        return []
    inner = [found for each in schema.values() for found in objects(each)]
    return [schema, *inner] if schema.get("type") == "object" else inner


def test_the_schema_is_one_that_strict_endpoints_take() -> None:
    """Every field is required, no other is allowed, and there are no defaults."""
    form = dict(draft_form())
    found = objects(form)
    assert len(found) == 3
    for each in found:
        assert each["required"] == list(each["properties"])
        assert each["additionalProperties"] is False
    assert '"default"' not in json.dumps(form)


def test_a_draft_may_leave_out_what_the_schema_requires() -> None:
    """Not every endpoint enforces it, and people write drafts too."""
    text = (
        '{"id": "a", "kind": "k", "prompt": "p", "value": 1, "check": {"type": "x", "expect": ""}}'
    )
    assert DraftTask.model_validate_json(text).needs == ()
    assert Draft.model_validate_json(f'{{"tasks": [{text}]}}').tasks[0].each is None


def test_checks_are_verifiers_that_run_no_program() -> None:
    """What a model plans is never executed."""
    assert set(CHECKS) <= set(VERIFIERS)
    assert not {"command", "pytest"} & set(CHECKS)
