"""The model answers several times, in short; how far it agrees with itself is how sure it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from workers.bidding.rule import PaidRule
from workers.bidding.said import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocols.messages import Lot
    from workers.bidding.card import Card
    from workers.caller import Caller
    from workers.chat import ChatRequest, Reply


class Samples(PaidRule):
    """Asks for several short answers and takes the share of the most frequent one.

    One more answer counts half, so that the share of a few answers is never 0 or 1 (Krichevsky and
    Trofimov 1981). Only for tasks whose answers can be told apart by their words, such as numbers
    and choices. After Wang et al. 2023 (self-consistency) and Xiong et al. 2024, section 3.

    >>> from workers.chat import Reply
    >>> Samples().read([Reply("Paris."), Reply("paris"), Reply("Lyon")]).probability
    0.625
    """

    prompt: ClassVar[str] = "sample"

    type: Literal["samples"] = "samples"
    count: Annotated[int, Field(ge=2, le=20, description="How many answers to ask for.")] = 5
    max_tokens: Annotated[
        int, Field(ge=1, le=100_000, description="The most tokens of each answer.")
    ] = 256
    temperature: Annotated[
        float, Field(gt=0, le=2, description="How much chance there is in the answers.")
    ] = 1.0

    def questions(self, caller: Caller, lot: Lot, card: Card) -> tuple[ChatRequest, ...]:
        """Return the same question several times, with seeds in a row where there is a seed."""
        del card
        asked = replace(caller, temperature=self.temperature)
        request = asked.request(self.prompt, lot, self.max_tokens)
        if caller.seed is None:
            return (request,) * self.count
        seeds = range(caller.seed, caller.seed + self.count)
        return tuple(request.model_copy(update={"seed": seed}) for seed in seeds)

    def read(self, replies: Sequence[Reply]) -> Said:
        """Return the share of the most frequent answer."""
        counts = Counter(alike(reply.text) for reply in replies)
        return Said((max(counts.values()) + 0.5) / (len(replies) + 1.0))


def alike(answer: str) -> str:
    """Return an answer without the differences that do not count.

    >>> alike('  "The  Seine." ')
    'the seine'
    """
    return " ".join(answer.casefold().split()).strip(" .\"'`*")
