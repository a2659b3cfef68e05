"""What one run of a market is made of, once configuration has become objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.chronicle import Chronicle
from orchestrator.desk import Desk
from orchestrator.standings import StandingBook
from protocols.mechanism import Mechanism
from protocols.units import Seconds, TaskId, WorkerId
from workers.ports import Verifier, Worker


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, how long, and how often.

    Attributes:
        batch: The most lots of one announcement.
        announcements: The most announcements that are open at once.
        concurrency: The most executions at once, over all workers.
        attempts: How often a task is put up for auction before it is given up.
        bid_seconds: How long bids are taken.
        execute_seconds: How long a worker may work on one task.
        solved_at: The success from which a task counts as solved.
    """

    batch: int = 32
    announcements: int = 2
    concurrency: int = 64
    attempts: int = 2
    bid_seconds: Seconds = 30.0
    execute_seconds: Seconds = 300.0
    solved_at: float = 0.5


@dataclass(slots=True)
class Market:
    """Everything that an auction needs; the state in it is folded from events.

    Attributes:
        verifiers: By task; a task without one ends unsettled.
        seed: Decides between equals.
    """

    chronicle: Chronicle
    mechanism: Mechanism
    workers: Mapping[WorkerId, Worker]
    seed: int
    limits: Limits = field(default_factory=Limits)
    standings: StandingBook = field(default_factory=StandingBook)
    verifiers: dict[TaskId, Verifier] = field(default_factory=dict[TaskId, Verifier])
    desks: dict[WorkerId, Desk] = field(default_factory=dict[WorkerId, Desk])
