"""What a mechanism is: bids in, awards with contracts out, and the promises that it makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, Protocol

from protocols.frozen import Frozen
from protocols.messages import Announcement, Award, Bid
from protocols.units import Amount, AnnouncementId, Balance, Name, Probability, TaskId, WorkerId

Truthful = Literal["dominant", "ex-post", "bayesian", "no"]
Room = Literal["none", "lots", "kinds"]


@dataclass(frozen=True, slots=True)
class Properties:
    """What a mechanism promises, and under which assumptions.

    Attributes:
        truthful: In which sense an honest report is a best reply.
        elicits: What the honest report covers; a wrong value of it costs the worker.
        individually_rational: When an honest worker never loses by taking part.
        budget: What the coordinator can be sure of.
        exact: Whether the allocation is the optimum and not an approximation.
        assumptions: What must hold for the rest to be true.
        source: Where the rule and its proof come from.
        room: What of an announcement no capacity may be less than, for the rule to be applied:
            nothing, the number of its lots, or of the kinds of its lots.
    """

    truthful: Truthful
    elicits: tuple[Literal["cost", "probability"], ...]
    individually_rational: Literal["ex-post", "interim", "no"]
    budget: str
    exact: bool
    assumptions: tuple[str, ...]
    source: str
    room: Room = "none"


UnsoldReason = Literal["no-bids", "above-reserve", "not-worth-it", "capacity", "budget"]


class Unsold(Frozen):
    """A lot that nobody won, and why."""

    task: TaskId
    reason: UnsoldReason


class Allocation(Frozen):
    """The decision on one announcement.

    Attributes:
        awards: In the order of the lots; for one lot by rank.
        unsold: The lots that nobody won.
        welfare: The optimum W of the mechanism's objective over all lots.
    """

    announcement: AnnouncementId
    mechanism: Name
    awards: tuple[Award, ...]
    unsold: tuple[Unsold, ...] = ()
    welfare: Balance


class Standing(Frozen):
    """What a mechanism may know of a worker's past at one kind of task.

    Attributes:
        quality: The estimated probability of success, from settled work.
        slope: With ``intercept``, the recalibration map on the log-odds of a report.
        intercept: See ``slope``; (1, 0) leaves the report as it is.
        balance: What the worker could be charged now; ``None`` where nothing limits it.
        least_cost: The least that its work was metered at; ``None`` where it has not worked yet.
        confidences: Which confidences it has stated with its answers, and how often, for mechanisms
            that ask for it; ``None`` for answers without one. An execution that failed counts as 0.
    """

    quality: Probability = 0.5
    slope: float = 1.0
    intercept: float = 0.0
    balance: Balance | None = None
    least_cost: Amount | None = None
    confidences: tuple[tuple[Probability | None, int], ...] = ()


Standings = Mapping[tuple[WorkerId, str], Standing]
"""A snapshot of the standings by worker and kind of task."""

_UNKNOWN = Standing()


def standing_of(standings: Standings, worker: WorkerId, kind: str) -> Standing:
    """Return what is known of a worker at a kind of task; of a newcomer, nothing."""
    return standings.get((worker, kind), _UNKNOWN)


class Mechanism(Protocol):
    """A pure rule from bids to awards.

    It sees no store, no clock and no model, and draws no randomness of its own: the same arguments
    give the same allocation, whatever the order of the bids.
    """

    @property
    def name(self) -> str:
        """The word by which configurations ask for it."""
        ...

    @property
    def properties(self) -> Properties:
        """What it promises."""
        ...

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Decide who does which lot under which contract.

        Args:
            announcement: The lots and the participants with their capacities.
            bids: At most one per worker and lot, each on a lot of the announcement.
            standings: A snapshot of what is known of the workers.
            seed: Decides between equals.

        Raises:
            MonopolyError: If a price would have no bound.
            InexactError: If the instance is too large to be solved exactly.
        """
        ...


def tie_ranks(seed: int, announcement: Announcement, names: Iterable[str]) -> dict[str, int]:
    """Return a rank for each name that decides between equals; the lower rank wins.

    The ranks are the order of a keyed hash of the names, so they depend on the seed and the
    announcement and not on who came first or how a name sorts.
    """
    key = f"{seed}:{announcement.announcement}".encode()[:64]
    order = sorted(
        set(names), key=lambda name: blake2b(name.encode(), key=key, digest_size=16).digest()
    )
    return {name: rank for rank, name in enumerate(order)}
