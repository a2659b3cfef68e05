"""A worker that does not let go of its calls is left out of what comes."""

from typing import Annotated, Literal

from pydantic import Field

from protocols.frozen import Frozen
from protocols.messages import Note
from protocols.units import WorkerId


class Quarantined(Frozen):
    """A worker went on with a call that was called off: nobody asks it again in this process.

    It is still invited, so that the books do not depend on it, and silent; awards that it has
    already won fail. In a resumed run it begins anew.

    Attributes:
        number: The how manieth of the run it is.
        reason: What it did, in words.
    """

    event: Literal["quarantined"] = "quarantined"
    number: Annotated[int, Field(ge=1)]
    worker: WorkerId
    reason: Note

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"quarantined\t{self.number}"
