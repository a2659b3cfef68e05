"""One auction of an audit: what is put up, what everybody knows, and how the work would end."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from protocols.messages import Announcement, Bid
from protocols.units import TaskId, WorkerId

Known = Mapping[tuple[WorkerId, TaskId], Bid]
"""What each worker knows of each lot, in the form of its honest bid."""


class Scene(NamedTuple):
    """An announcement with the truth behind it.

    Attributes:
        announcement: The lots and who may bid.
        known: The true cost and the believed probability of every worker on every lot.
        success: How the work of each worker on each lot would end; drawn, or as recorded.
        recorded: Whether the outcomes are a record: payments are then taken at the outcome, else
            in expectation over it, which has the same mean and less noise.
    """

    announcement: Announcement
    known: Known
    success: Mapping[tuple[WorkerId, TaskId], float]
    recorded: bool = False


class Population(Protocol):
    """Where scenes come from: workers whose costs, skills or records are known."""

    @property
    def workers(self) -> tuple[WorkerId, ...]:
        """Who takes part."""
        ...

    def scenes(self, replication: int, rounds: int) -> list[Scene]:
        """Return the auctions of one replication; the same number gives the same scenes."""
        ...
