"""The model is asked how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import Probability
from workers.bidding.rule import PaidRule
from workers.bidding.said import Said
from workers.structured import form, read_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocols.messages import Lot
    from workers.bidding.card import Card
    from workers.caller import Caller
    from workers.chat import ChatRequest, Reply


class Estimate(Frozen):
    """What a model says of itself before it does a task."""

    success_probability: Probability
    output_tokens: Annotated[int, Field(ge=0, le=10_000_000)]


class Ask(PaidRule):
    """Asks for a probability and a length in a forced form, with the worker's record in view.

    Stated probabilities are far too high in most models (Xiong et al. 2024), so the prompt shows
    the model what became of its own, says by which rule it is paid, and the bid is corrected.

    >>> from workers.chat import Reply
    >>> Ask().read([Reply('{"success_probability": 0.9, "output_tokens": 5}')])
    Said(probability=0.9, tokens=5, answer=None)
    """

    prompt: ClassVar[str] = "bid"

    type: Literal["ask"] = "ask"
    max_tokens: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000,
            description="The most tokens of an estimate; a model that thinks first needs hundreds.",
        ),
    ] = 1024
    record: Annotated[bool, Field(description="Shows the model its own record.")] = True

    def questions(self, caller: Caller, lot: Lot, card: Card) -> tuple[ChatRequest, ...]:
        """Return the one question."""
        shown = card if self.record else None
        request = caller.request(self.prompt, lot, self.max_tokens, card=shown)
        return (request.model_copy(update={"form": form(Estimate)}),)

    def read(self, replies: Sequence[Reply]) -> Said:
        """Return what the model says."""
        estimate = read_answer(replies[0].text, Estimate)
        return Said(estimate.success_probability, estimate.output_tokens)
