"""The work is done before the bid: the model answers, says how sure it is, and is paid for that."""

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


class Bought(Frozen):
    """An answer, and how sure the model is of it."""

    answer: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    success_probability: Probability


class Probe(PaidRule):
    """Buys the answer with the bid, for cheap models: their price is charged, won or lost.

    The bid costs nothing any more, so it wins wherever the answer is likely enough to be right; the
    award then delivers the answer that was bought. Confidence beside an answer tells more than
    confidence before it (Kadavath et al. 2022, section 5).

    >>> from workers.chat import Reply
    >>> Probe().read([Reply('{"answer": "391", "success_probability": 0.9}')])
    Said(probability=0.9, tokens=None, answer='391')
    """

    delivers: ClassVar[bool] = True
    prompt: ClassVar[str] = "probe"

    type: Literal["probe"] = "probe"

    def questions(self, caller: Caller, lot: Lot, card: Card) -> tuple[ChatRequest, ...]:
        """Return the one question, as long as an answer may be."""
        request = caller.request(self.prompt, lot, caller.max_tokens, card=card)
        return (request.model_copy(update={"form": form(Bought)}),)

    def read(self, replies: Sequence[Reply]) -> Said:
        """Return the answer and what the model says of it."""
        bought = read_answer(replies[0].text, Bought)
        return Said(bought.success_probability, answer=bought.answer)
