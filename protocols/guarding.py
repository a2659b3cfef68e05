"""Decisions about a worker that keeps failing: said once, with the reason, when they are made."""

from typing import Annotated, Literal

from pydantic import Field

from protocols.frozen import Frozen
from protocols.messages import Note
from protocols.units import WorkerId

Step = Literal["warned", "reduced", "suspended", "probed", "held", "restored", "excluded"]
"""What is decided: a warning, fewer lots, a pause, one lot after the pause, nothing until a person
has decided, trust again, no more."""


class Guarded(Frozen):
    """What the market does about a worker from the next announcement on.

    It follows from the events before it, so a resumed run and a replay come to the same; but what a
    person says of a worker on hold, and what the screens find at the end, is an input, like a bid.

    Attributes:
        number: The how-manieth decision about this worker it is.
        step: What is decided.
        reason: Why, in words.
        announced: How many announcements had been made.
        until: For a pause, the last announcement to which the worker is not invited.
        capacity: The most lots that it may win in one announcement from now on; ``None`` is what
            it was at the start.
    """

    event: Literal["guarded"] = "guarded"
    worker: WorkerId
    number: Annotated[int, Field(ge=1)]
    step: Step
    reason: Note
    announced: Annotated[int, Field(ge=0)]
    until: Annotated[int, Field(ge=1)] | None = None
    capacity: Annotated[int, Field(ge=1)] | None = None

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"guarded\t{self.worker}\t{self.number}"
