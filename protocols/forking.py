"""Where a run comes from that was started from a point of another one."""

from typing import Annotated

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import Name


class Forked(Frozen):
    """What a fork has taken over, so that it can be checked.

    The entries of the fork from the second to ``seq`` are those of the parent, to the letter. With
    the parent's first entry, which is kept here, they give the parent's chain of hashes again.

    Attributes:
        run: The parent.
        seq: The last entry that was taken over.
        hash: Its hash in the chain of the parent, in hexadecimal.
        announced: How many announcements had been made by then; they end on the parent's terms.
        at: When the parent was opened, in seconds since 1970.
        opened: The parent's first event, as it was written.
    """

    run: Name
    seq: Annotated[int, Field(ge=1)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    announced: Annotated[int, Field(ge=0)]
    at: float
    opened: str
