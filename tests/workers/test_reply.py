"""Reading replies: whatever bytes come, they end as an answer or as a typed error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.openai_server import completion
from workers.chat import ChatRequest, Message
from workers.errors import (
    ChatError,
    CutAnswerError,
    EmptyAnswerError,
    IncompleteAnswerError,
    MalformedReplyError,
    UnstructuredAnswerError,
)
from workers.prices import Usage
from workers.reply import fits, read_body, read_json, read_reply, read_usage

ASK = ChatRequest(model="m", messages=(Message(role="user", content="12345678"),), max_tokens=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


def read(body: bytes) -> object:
    """Read a whole reply as an endpoint does."""
    fields = read_body(body)
    return read_reply(fields, read_usage(fields, ASK))


@given(st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_end_in_a_typed_error(body: bytes) -> None:
    """Noise raises a ChatError, never anything else."""
    with pytest.raises(ChatError):
        read(body)


@given(st.sampled_from(("choices", "usage", "model")), JSON)
def test_any_value_in_any_field_is_survived(field: str, value: object) -> None:
    """A field of the wrong shape is an error with a type, or does not matter."""
    body = json.loads(completion("4").body) | {field: value}
    try:
        read(json.dumps(body).encode())
    except ChatError:
        return
    assert field != "choices"


@given(JSON, JSON)
def test_any_choice_is_survived(message: object, finish: object) -> None:
    """A choice of the wrong shape is never taken for an answer."""
    choice = {"message": message, "finish_reason": finish}
    with pytest.raises(ChatError):
        read(json.dumps({"choices": [choice]}).encode())


def test_believable_usage_is_taken() -> None:
    """The tokens of a well-made reply are those it reports, cached ones within the input."""
    usage = {"prompt_tokens": 8, "completion_tokens": 3, "prompt_tokens_details": None}
    assert read_usage({"usage": usage}, ASK) == Usage(8, 3)
    cached = usage | {"prompt_tokens_details": {"cached_tokens": 99}}
    assert read_usage({"usage": cached}, ASK) == Usage(8, 3, cached=8)


def test_no_usage_is_estimated_from_the_text() -> None:
    """Four bytes are taken for a token, in the prompt and in the answer."""
    fields = {"choices": [{"message": {"content": "123456789"}}]}
    assert read_usage(fields, ASK) == Usage(2, 3, estimated=True)


def test_the_estimate_counts_the_arguments_of_calls() -> None:
    """A reply that only calls tools has cost its arguments, whatever the endpoint leaves out."""
    call = {"id": "1", "function": {"name": "look", "arguments": '{"at": "12"}'}}
    fields = {"choices": [{"message": {"content": None, "tool_calls": [call, None]}}]}
    assert read_usage(fields, ASK) == Usage(2, 3, estimated=True)


@pytest.mark.parametrize("error", [{"message": "no memory"}, "no memory"])
@pytest.mark.parametrize("unmarked_end", [False, True])
def test_an_answer_that_an_error_has_cut_is_none(error: object, unmarked_end: bool) -> None:
    """What was said before the error is not taken for all, also where ends are never marked."""
    choice = {"message": {"content": "half an"}, "finish_reason": None}
    with pytest.raises(IncompleteAnswerError, match="broke off: 'no memory'"):
        read_reply({"choices": [choice], "error": error}, Usage(), unmarked_end=unmarked_end)


def test_an_empty_text_is_no_answer() -> None:
    """A finished completion without a letter is an error of its own."""
    with pytest.raises(EmptyAnswerError):
        read(completion("").body)


def test_content_in_parts_is_not_guessed_at() -> None:
    """Content that is a list is no text."""
    body = completion("x").body.replace(b'"x"', b'[{"type": "text", "text": "x"}]')
    with pytest.raises(MalformedReplyError):
        read(body)


@pytest.mark.parametrize(
    "text",
    ['{"p": 1}', '```json\n{"p": 1}\n```', 'Sure: {"p": 1}. Anything else?', ' \n{"p": 1}'],
)
def test_json_is_found_in_its_wrapping(text: str) -> None:
    """Models put fences and words around the object that was asked for."""
    assert read_json(text) == {"p": 1}


@pytest.mark.parametrize("text", ["", "no", "{", "[1]", '{"p": 1} or {"p": 2}', "{" * 10_000])
def test_what_holds_no_object_is_an_error(text: str) -> None:
    """Two objects, half an object and none are not guessed at."""
    with pytest.raises(UnstructuredAnswerError):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ('{"p": 1}', {"type": "object", "required": ["p"]}, True),
        ('Sure: {"p": 1, "q": 2}', {"required": ["p"]}, True),
        ('{"q": 1}', {"required": ["p"]}, False),
        ("{}", {"type": "object"}, True),
        ("{}", {"required": "p"}, True),
        ("p", {"required": []}, False),
    ],
)
def test_an_ignored_schema_shows(text: str, form: dict[str, object], expected: bool) -> None:
    """An answer that is no object, or lacks a required field, was not made after the schema."""
    assert fits(text, form) is expected


@pytest.mark.parametrize("end", ["stop", "tool_calls"])
def test_an_answer_may_be_the_arguments_of_a_call(end: str) -> None:
    """Where a tool was forced, its arguments are the text; words beside it are left out."""
    call = {"id": "1", "function": {"name": "answer", "arguments": '{"p": 1}'}}
    message = {"content": "I call it", "tool_calls": [call]}
    fields = {"choices": [{"message": message, "finish_reason": end}]}
    reply = read_reply(fields, Usage(), called=True)
    assert (reply.text, reply.calls) == ('{"p": 1}', ())


def test_an_answer_beside_the_forced_call_is_read() -> None:
    """A model that answers in text where it had to call is believed as any other."""
    fields = {"choices": [{"message": {"content": '{"p": 1}'}, "finish_reason": "stop"}]}
    assert read_reply(fields, Usage(), called=True).text == '{"p": 1}'


def test_a_forced_call_that_was_cut_is_no_answer() -> None:
    """Half of the arguments are not taken for all."""
    call = {"id": "1", "function": {"name": "answer", "arguments": '{"p"'}}
    message = {"content": None, "tool_calls": [call]}
    fields = {"choices": [{"message": message, "finish_reason": "length"}]}
    with pytest.raises(CutAnswerError):
        read_reply(fields, Usage(), called=True)
