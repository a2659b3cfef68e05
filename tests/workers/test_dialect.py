"""How requests are written for endpoints that differ in what they take."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.chat import ChatRequest, Message
from workers.dialect import COMPATIBLE, OPENAI, Dialect, worst_usage

PLAIN = ChatRequest(model="m", messages=(Message(role="user", content="hi"),), max_tokens=9)
FULL = PLAIN.model_copy(update={"form": {"type": "object"}, "temperature": 1.0, "seed": 3})


def test_openai_takes_the_new_name_of_the_limit() -> None:
    """OpenAI's own models refuse the old name, many servers know no other."""
    assert OPENAI.body(PLAIN)["max_completion_tokens"] == 9
    assert COMPATIBLE.body(PLAIN)["max_tokens"] == 9


def test_each_form_asks_for_json_in_its_way() -> None:
    """By schema, as any object with the schema in the prompt, or in the prompt alone."""
    dialects = Dialect(), Dialect(form="json_object"), Dialect(form="prompt")
    bodies = [dialect.body(FULL) for dialect in dialects]
    kinds = [body.get("response_format", {}).get("type") for body in bodies]
    assert kinds == ["json_schema", "json_object", None]
    assert [len(body["messages"]) for body in bodies] == [1, 2, 2]
    assert bodies[0]["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, "Unknown response_format", Dialect(form="json_object")),
        (422, "['body', 'response_format'] extra fields", Dialect(form="json_object")),
        (500, "failed to parse grammar", Dialect(form="json_object")),
        (400, "Use 'max_completion_tokens', not 'max_tokens'", OPENAI),
        (400, "temperature has to be 1", Dialect(temperature=False)),
        (400, "seed is not supported", Dialect(seed=False)),
        (400, "context length exceeded", None),
        (500, "temperature", None),
        (401, "response_format", None),
        (404, "response_format", None),
    ],
)
def test_a_refusal_weakens_what_it_names(status: int, said: str, expected: Dialect | None) -> None:
    """Only the feature that the endpoint complains of is given up."""
    assert Dialect().weaker(status, said, FULL) == expected


@pytest.mark.parametrize("said", ["response_format", "temperature", "seed"])
def test_what_was_not_asked_for_is_not_given_up(said: str) -> None:
    """A complaint about a feature that the request does not use changes nothing."""
    assert Dialect().weaker(400, said, PLAIN) is None


def test_the_weakest_form_has_nothing_below_it() -> None:
    """An endpoint that still complains has refused the request."""
    assert Dialect(form="prompt").weaker(400, "json_schema", FULL) is None


@given(
    st.text(st.characters(codec="utf-8")), st.sampled_from((Dialect(), Dialect(form="json_object")))
)
def test_the_worst_case_bounds_every_form(text: str, dialect: Dialect) -> None:
    """No dialect sends more bytes of messages and schema than the worst case has tokens."""
    request = FULL.model_copy(update={"messages": (Message(role="user", content=text),)})
    body = dialect.body(request)
    sent = [message["content"] for message in body["messages"]]
    sent.append(json.dumps(body.get("response_format", {}).get("json_schema", {}).get("schema")))
    worst = worst_usage(request)
    assert sum(len(part.encode()) for part in sent) <= worst.input
    assert worst.output == request.max_tokens
