"""Leveled commitment: either side may leave an award, for a price that was agreed beforehand.

A worker leaves by not taking its award up, for what the limits of the market say. The coordinator
leaves by withdrawing the award, for what the lot says: a share of its reserve, stated before anybody
bids and held until the award ends.

The coordinator's price depends on no report. Say an award is withdrawn with chance q, whatever was
bid, before its work has begun. Under a rule with which a worker of cost c gains ``s(c) - K`` (s its
score, K set by the others) it now gains

    (1 - q) (s(c) - K) + q f  =  (1 - q) (s(c - d) - K),   d = q f / (1 - q),

so its best reply is to take d off its cost and to be truthful otherwise. All workers of a lot take
off the same, so the best of them still wins: the price of leaving is passed on, not distorted.

Source: Sandholm and Lesser (2001), section 2; the surplus is the same whatever the prices of
leaving, as Sandholm and Zhou (2002) show, once everybody has passed them on.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from protocols.contract import Transfer
from protocols.frozen import Frozen
from protocols.messages import Lot, Note
from protocols.units import ZERO, Amount, AnnouncementId, Money, TaskId, WorkerId


class Cancelled(Frozen):
    """Whoever gave a task calls it off.

    Attributes:
        reason: Why, in words.
        entered: How many tasks had entered the run.
        announced: How many announcements had been made.
        closed: How many of them had closed; the three say where a replay calls the task off.
    """

    event: Literal["cancelled"] = "cancelled"
    task: TaskId
    reason: Note
    entered: Annotated[int, Field(ge=1)]
    announced: Annotated[int, Field(ge=0)]
    closed: Annotated[int, Field(ge=0)]

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"cancelled\t{self.task}"


class Lapsed(Frozen):
    """A worker does not take its award up; the task is announced again without it.

    Attributes:
        reason: Why: it declined, or did not answer in time.
        transfers: What was held for the award is free again; the penalty, if there is one.
    """

    event: Literal["lapsed"] = "lapsed"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Note
    transfers: tuple[Transfer, ...] = ()

    @property
    def penalty(self) -> int:
        """What the worker owes for that."""
        return sum(move.amount for move in self.transfers if move.purpose == "penalty")

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"lapsed\t{self.announcement}\t{self.task}\t{self.worker}"


class Withdrawn(Frozen):
    """The coordinator withdraws an award that has not been settled; this ends it.

    Attributes:
        reason: Why, in words.
        cost: What work that was cut off may have cost; 0 if none had begun, or if it was reported.
        owed: What the worker gets for it: what its lot says.
        transfers: That payment, the bill of the work, and what was held and is free again.
    """

    event: Literal["withdrawn"] = "withdrawn"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    reason: Note
    cost: Amount = ZERO
    owed: Amount = ZERO
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"withdrawn\t{self.announcement}\t{self.task}\t{self.worker}"


def with_terms(lots: Iterable[Lot], share: float) -> tuple[Lot, ...]:
    """Return lots that say what the coordinator owes if it withdraws their awards.

    Args:
        lots: As they are put up.
        share: The part of the reserve that is owed, in [0, 1].

    >>> lot = Lot(task=TaskId("sum"), value=Money(9), reserve=Money(8))
    >>> [one.withdrawal for one in with_terms([lot], 0.25)]
    [2]
    """
    if not share:
        return tuple(lots)
    return tuple(
        lot.model_copy(update={"withdrawal": Money(round(share * lot.reserve))}) for lot in lots
    )
