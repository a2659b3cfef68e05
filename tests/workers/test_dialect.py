"""How requests are written for endpoints that differ in what they take."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.chat import ChatRequest, Message, ToolForm
from workers.dialect import COMPATIBLE, FORMS, OPENAI, Dialect, Form, worst_usage

PLAIN = ChatRequest(model="m", messages=(Message(role="user", content="hi"),), max_tokens=9)
FULL = PLAIN.model_copy(
    update={"form": {"type": "object"}, "temperature": 1.0, "seed": 3, "logprobs": 2}
)


def test_openai_takes_the_new_name_of_the_limit() -> None:
    """OpenAI's own models refuse the old name, many servers know no other."""
    assert OPENAI.body(PLAIN)["max_completion_tokens"] == 9
    assert COMPATIBLE.body(PLAIN)["max_tokens"] == 9


def test_each_form_asks_for_json_in_its_way() -> None:
    """By schema, as an object with or without it, as a call, or in the prompt alone."""
    bodies = {form: Dialect(form=form).body(FULL) for form in FORMS}
    formats = [body.get("response_format", {}) for body in bodies.values()]
    kinds = [each.get("type") for each in formats]
    assert kinds == ["json_schema", "json_object", "json_object", None, None]
    assert [len(body["messages"]) for body in bodies.values()] == [1, 2, 2, 1, 2]
    assert [name for name, body in bodies.items() if "tool_choice" in body] == ["tool"]
    assert formats[0]["json_schema"]["strict"] is True
    assert [each.get("schema") for each in formats[1:3]] == [FULL.form, None]
    assert bodies["tool"]["tools"][0]["function"]["parameters"] == FULL.form


def test_a_request_with_tools_is_not_forced_to_call_another() -> None:
    """Where the model has tools of its own, the form after any object is the prompt."""
    tool = ToolForm(name="add", parameters={"type": "object"})
    request = FULL.model_copy(update={"tools": (tool,)})
    assert Dialect(form="json_object").weaker_form(request) == Dialect(form="prompt")
    body = Dialect(form="tool").body(request)
    assert [each["function"]["name"] for each in body["tools"]] == ["add"]
    assert "tool_choice" not in body
    assert "JSON Schema" in body["messages"][-1]["content"]
    assert not Dialect(form="tool").calls_answer(request)


def test_log_probabilities_are_asked_for_where_they_can_be() -> None:
    """With or without the likeliest tokens, and not at all where the endpoint refuses them."""
    chosen, likeliest = (PLAIN.model_copy(update={"logprobs": most}) for most in (0, 5))
    assert "logprobs" not in COMPATIBLE.body(PLAIN)
    assert COMPATIBLE.body(chosen)["logprobs"] is True
    assert "top_logprobs" not in COMPATIBLE.body(chosen)
    assert COMPATIBLE.body(likeliest)["top_logprobs"] == 5
    assert "logprobs" not in Dialect(logprobs=False).body(likeliest)


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, "Unknown response_format", Dialect(form="object_schema")),
        (422, "['body', 'response_format'] extra fields", Dialect(form="object_schema")),
        (500, "failed to parse grammar", Dialect(form="object_schema")),
        (400, "Use 'max_completion_tokens', not 'max_tokens'", OPENAI),
        (400, "temperature has to be 1", Dialect(temperature=False)),
        (400, "seed is not supported", Dialect(seed=False)),
        (403, "You are not allowed to request logprobs", Dialect(logprobs=False)),
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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("unknown field stream_options", Dialect(stream=True, stream_usage=False)),
        ("streaming is not possible with n > 1", Dialect(stream=False)),
        ("the upstream server refuses", None),
    ],
)
def test_a_stream_is_given_up_in_two_steps(said: str, expected: Dialect | None) -> None:
    """First its usage, then itself; a word that only contains it is no reason."""
    assert Dialect(stream=True).weaker(400, said, PLAIN) == expected
    assert Dialect().weaker(400, said, PLAIN) is None


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(st.characters(codec="utf-8")))
def test_the_worst_case_bounds_every_form(form: Form, text: str) -> None:
    """No dialect sends more bytes of messages and schema than the worst case has tokens."""
    request = FULL.model_copy(update={"messages": (Message(role="user", content=text),)})
    body = Dialect(form=form).body(request)
    sent = [message["content"] for message in body["messages"]]
    sent.append(json.dumps(body.get("response_format", {}).get("json_schema")))
    sent.append(json.dumps(body.get("tools")))
    worst = worst_usage(request)
    assert sum(len(part.encode()) for part in sent) <= worst.input
    assert worst.output == request.max_tokens
