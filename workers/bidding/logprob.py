"""How likely the model holds its own words, as it chooses them."""

from __future__ import annotations

import re
from math import exp
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import Field

from protocols.frozen import Frozen
from workers.bidding.rule import PaidRule
from workers.bidding.said import Said
from workers.errors import UnstructuredAnswerError
from workers.structured import form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocols.messages import Lot
    from workers.bidding.card import Card
    from workers.caller import Caller
    from workers.chat import ChatRequest, Reply, Token

_VERDICT: Final = re.compile(r'"accepted"\s*:\s*(true|false)')
_LIKELIEST: Final = 20
_UNNAMED: Final = "the endpoint names no log-probabilities of its tokens"


class Verdict(Frozen):
    """Whether the model expects that its answer would be accepted."""

    accepted: bool


class Logprob(PaidRule):
    """Takes the probability of a "true", or that of a short answer.

    ``verdict`` asks in a forced form whether the answer would be accepted and weighs "true" against
    "false" where the model chooses between them (Kadavath et al. 2022, section 3). ``answer`` asks
    for a short answer and takes its probability, the product over its tokens.

    Token probabilities rank tasks better than stated numbers do, and are off by more: leave them
    to be corrected. Endpoints that name no log-probabilities make a refusal.
    """

    prompt: ClassVar[str] = "verdict"

    type: Literal["logprob"] = "logprob"
    of: Annotated[
        Literal["verdict", "answer"],
        Field(description="verdict: of a true to being accepted; answer: of a short answer."),
    ] = "verdict"
    max_tokens: Annotated[
        int, Field(ge=1, le=100_000, description="The most tokens of what it says.")
    ] = 64

    def questions(self, caller: Caller, lot: Lot, card: Card) -> tuple[ChatRequest, ...]:
        """Return the one question."""
        del card
        if self.of == "answer":
            request = caller.request("sample", lot, self.max_tokens)
            return (request.model_copy(update={"logprobs": 0}),)
        request = caller.request(self.prompt, lot, self.max_tokens)
        return (request.model_copy(update={"form": form(Verdict), "logprobs": _LIKELIEST}),)

    def read(self, replies: Sequence[Reply]) -> Said:
        """Return the probability of the "true", or of the answer."""
        reply = replies[0]
        if not reply.tokens:
            raise UnstructuredAnswerError(_UNNAMED)
        if self.of == "answer":
            return Said(min(1.0, exp(sum(token.logprob for token in reply.tokens))))
        return Said(_of_true(reply.tokens))


def _of_true(tokens: Sequence[Token]) -> float:
    """Return the probability of "true" against that of "false" at the token that decides."""
    said = "".join(token.text for token in tokens)
    found = _VERDICT.search(said)
    if found is None:
        raise UnstructuredAnswerError('the answer is not {"accepted": true} or false')
    token = _at(tokens, found.start(1))
    chances = {"t": 0.0, "f": 0.0}
    named = dict(token.likeliest)
    for text, logprob in (named | {token.text: token.logprob}).items():
        first = text.lower().lstrip(' \t\n":')[:1]
        if first in chances:
            chances[first] += exp(logprob)
    total = sum(chances.values())
    if not total:
        raise UnstructuredAnswerError(_UNNAMED)
    return chances["t"] / total


def _at(tokens: Sequence[Token], place: int) -> Token:
    """Return the token in which a place of the text lies."""
    end = 0
    for token in tokens:
        end += len(token.text)
        if place < end:
            return token
    raise UnstructuredAnswerError(_UNNAMED)
