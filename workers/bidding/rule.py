"""A way to form a bid that asks the model first and pays for that."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from workers.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocols.messages import Lot
    from workers.bidding.card import Card
    from workers.bidding.said import Said
    from workers.caller import Caller
    from workers.chat import ChatRequest, Reply


class PaidRule(Spec):
    """What to ask and how to read the replies; both are pure, and who calls is the worker.

    Attributes:
        delivers: Whether the replies hold the answer, so that the work is done with the bid.
        prompt: The prompt by which it asks.
    """

    delivers: ClassVar[bool] = False
    prompt: ClassVar[str]

    correct: Annotated[
        bool, Field(description="Corrects what the model says by what became of it before.")
    ] = True
    spare: Annotated[
        bool,
        Field(description="Bids by the record where no reply could change who gets the task."),
    ] = True

    @abstractmethod
    def questions(self, caller: Caller, lot: Lot, card: Card) -> tuple[ChatRequest, ...]:
        """Return the requests to be made, all at the same time.

        Args:
            caller: The model that is asked.
            lot: What the bid is for.
            card: The worker's record, for prompts that show it.
        """

    @abstractmethod
    def read(self, replies: Sequence[Reply]) -> Said:
        """Return what the replies amount to; there is at least one.

        Raises:
            UnstructuredAnswerError: If that cannot be told.
        """
