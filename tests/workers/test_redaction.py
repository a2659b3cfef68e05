"""What is taken out of texts that are kept, and what stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.chat import ChatRequest, Message, ToolCall
from workers.redaction import SHORTEST, Redactor

SECRET = 'pass "word"\\ with é and more'
SECRETS = {"MY_API_KEY": "abcdefgh12345678", "DB_PASSWORD": SECRET}
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=SHORTEST)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("use abcdefgh12345678!", "use [MY_API_KEY]!"),
        ("sk-proj-abcdefghijklmnop1234", "[redacted]"),
        ("ghp_abcdefghijklmnopqrstuvwxyz", "[redacted]"),
        ("AKIAABCDEFGHIJKLMNOP", "[redacted]"),
        ("xoxb-1234567890-abc", "[redacted]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.abcdefghij", "[redacted]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----.", "[redacted]."),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted]"),
        ('{"authorization": "Bearer abcdefgh"}', '{"authorization": "Bearer [redacted]"}'),
        ("curl -H 'proxy-authorization: abcdefgh'", "curl -H 'proxy-authorization: [redacted]'"),
    ],
)
def test_secrets_are_taken_out(text: str, clean: str) -> None:
    """Values of secret variables, keys of known forms and authorisations are replaced."""
    assert Redactor(SECRETS).text(text) == clean


@pytest.mark.parametrize(
    "text",
    ["The key to success is a secret.", "sk-1", "a bearer of news", "task-force", "2 + 2 = 4"],
)
def test_ordinary_words_stay(text: str) -> None:
    """Words that only sound like secrets are left as they are."""
    assert Redactor(SECRETS).text(text) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "lm-studio"),
        ("KEYBOARD_NAME", "a long enough value"),
        ("HOME", "/root/of/all"),
    ],
)
def test_variables_that_hold_no_secret(name: str, value: str) -> None:
    """A stand-in for a key is too short; a name is taken word by word."""
    assert Redactor({name: value}).text(value) == value


@given(
    name=st.sampled_from(["A_TOKEN", "SECRET", "aws_secret_access_key", "KEY2"]), value=PRINTABLE
)
def test_no_value_of_a_secret_variable_survives(name: str, value: str) -> None:
    """Wherever it stands in a call, whatever signs are in it; and once is enough."""
    redactor = Redactor({name: value})
    inside = (
        Message(role="user", content=f"before {value.strip()} after"),
        Message(
            role="assistant",
            content="",
            calls=(ToolCall(id="1", name="f", arguments=f"x{value.strip()}"),),
        ),
    )
    request = ChatRequest(model="m", messages=inside, max_tokens=1)
    clean = redactor.model(request)
    if len(value.strip()) < SHORTEST or value.strip() in f"[{name}]":
        return
    user, assistant = clean.messages
    assert f"[{name}]" in user.content
    assert value.strip() not in user.content
    assert value.strip() not in assistant.calls[0].arguments
    assert redactor.model(clean) == clean


def test_a_model_without_secrets_is_itself() -> None:
    """Nothing is copied where there is nothing to take out."""
    request = ChatRequest(model="m", messages=(Message(role="user", content="x"),), max_tokens=1)
    assert Redactor(SECRETS).model(request) is request
