"""What the probabilities of tokens say of success."""

from __future__ import annotations

from math import log

import pytest

from protocols.units import WorkerId
from tests.workers.calls import lot
from workers.bidding.card import Card
from workers.bidding.logprob import Logprob
from workers.caller import Caller
from workers.chat import Reply, Token
from workers.errors import UnstructuredAnswerError

CALLER = Caller(WorkerId("small"), "tiny")


def token(text: str, probability: float = 1.0, **others: float) -> Token:
    """Return a token; the likeliest at its place are written with the signs that it begins with."""
    before = text.removesuffix(text.lstrip(' :"'))
    return Token(text, log(probability), tuple((before + o, log(p)) for o, p in others.items()))


def verdict(*tokens: Token) -> float:
    """Return the probability that a reply of these tokens amounts to."""
    reply = Reply("".join(each.text for each in tokens), tokens=tokens)
    return Logprob().read([reply]).probability


def test_the_verdict_is_asked_for_in_a_form_with_probabilities() -> None:
    """One question, in the form of a truth value, with the likeliest tokens of each place."""
    (asked,) = Logprob().questions(CALLER, lot(prompt="2 + 2?"), Card())
    assert asked.form is not None
    assert asked.logprobs == 20
    assert asked.lane.phase == "bid"


@pytest.mark.parametrize(
    "place",
    [
        [token('{"'), token("accepted"), token('": '), token("true", 0.6, true=0.6, false=0.2)],
        [token('{"accepted":'), token(" true", 0.6, true=0.6, false=0.2), token("}")],
        [token('Sure: {"accepted" : '), token("t", 0.6, t=0.6, f=0.2), token("rue}")],
        [token('{"accepted":'), token(" true", 0.5, true=0.5, TRUE=0.1, false=0.2, maybe=0.2)],
        [token('{"accepted"'), token(": false", 0.2, true=0.6), token("}")],
    ],
)
def test_true_is_weighed_against_false_where_it_is_chosen(place: list[Token]) -> None:
    """Wherever the tokens are cut, it is .6 against .2."""
    assert verdict(*place) == pytest.approx(0.75)


def test_only_what_is_named_is_weighed() -> None:
    """Where the model sees no alternative it is certain."""
    assert verdict(token('{"accepted": '), token("false", 0.9)) == 0.0


@pytest.mark.parametrize(
    "tokens", [(), (token("yes"),), (token('{"accepted": '), token("maybe", 0.5))]
)
def test_a_verdict_that_is_none_is_an_error(tokens: tuple[Token, ...]) -> None:
    """Without log-probabilities, or without the word, there is no number."""
    with pytest.raises(UnstructuredAnswerError):
        verdict(*tokens)


def test_an_answer_is_as_likely_as_its_tokens_in_a_row() -> None:
    """The probability of a short answer is the product over its tokens."""
    rule = Logprob(of="answer")
    (asked,) = rule.questions(CALLER, lot(prompt="2 + 2?"), Card())
    assert (asked.form, asked.logprobs) == (None, 0)
    tokens = (token("fo", 0.5), token("ur", 0.8))
    assert rule.read([Reply("four", tokens=tokens)]).probability == pytest.approx(0.4)
