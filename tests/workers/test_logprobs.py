"""Log-probabilities that can be believed, and those that cannot."""

from __future__ import annotations

import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.chat import Token
from workers.logprobs import read_tokens

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


def choice(*content: object) -> dict[str, object]:
    """Return a choice of a completion with some tokens."""
    return {"logprobs": {"content": list(content)}}


def told(text: object, logprob: object, *likeliest: object) -> dict[str, object]:
    """Return a token as an endpoint tells it."""
    return {"token": text, "logprob": logprob, "top_logprobs": list(likeliest)}


def test_tokens_come_in_their_order_with_the_likeliest() -> None:
    """Text, logarithm and what else was likely at the place are read."""
    content = told("a", -0.5, told("a", -0.5), told("b", -1)), told("c", 0)
    expected = Token("a", -0.5, (("a", -0.5), ("b", -1.0))), Token("c", 0.0)
    assert read_tokens(choice(*content)) == expected


@pytest.mark.parametrize("logprob", [nan, inf, -inf, 0.1, "-1", True, None, [], 10**400])
def test_one_unbelievable_token_voids_all(logprob: object) -> None:
    """A sum over the tokens that are left would be wrong, so none are left."""
    assert read_tokens(choice(told("a", -1.0), told("b", logprob))) == ()


def test_an_unbelievable_rival_is_left_out() -> None:
    """A token that was not chosen and has no probability is not needed."""
    token = told("a", -1.0, told("b", -inf), told("c", nan), told(3, -1.0), told("d", -2.0))
    assert read_tokens(choice(token)) == (Token("a", -1.0, (("d", -2.0),)),)


def test_rounding_above_certainty_is_certainty() -> None:
    """Servers that compute in half precision report logarithms a little above 0."""
    assert read_tokens(choice(told("a", 1e-5))) == (Token("a", 0.0),)


@given(JSON)
def test_any_shape_is_survived(value: object) -> None:
    """What is no list of tokens is none."""
    value = json.loads(json.dumps(value))
    for shape in ({"logprobs": value}, {"logprobs": {"content": value}}, choice(value)):
        assert read_tokens(shape) == ()
