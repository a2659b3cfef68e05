"""Asking planners: said before it is done, and what came of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from protocols.contract import Transfer
from protocols.frozen import Frozen
from protocols.units import Amount, Name, Text


class PlanAsked(Frozen):
    """A planner is about to be asked; durable before the call, as with `Started`.

    Attributes:
        number: 1 for the first plan of the run, one more for each that follows.
        attempt: 1, and one more for each draft of this plan that was turned down.
        call: 1, and one more for each call whose answer was lost in a crash.
        planner: Who is asked.
        prompts: The version of its prompts, if it has any.
        brief: What it is told: the goal, the limits, what came of earlier plans and drafts.
        transfers: What the call may cost is held; before it, a lost call is booked as billed.
    """

    event: Literal["plan-asked"] = "plan-asked"
    number: Annotated[int, Field(ge=1)]
    attempt: Annotated[int, Field(ge=1)] = 1
    call: Annotated[int, Field(ge=1)] = 1
    planner: Name
    prompts: str = ""
    brief: Mapping[str, Any]
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"plan-asked\t{self.number}\t{self.attempt}\t{self.call}"


class PlanAnswered(Frozen):
    """A planner has answered, or will not.

    Attributes:
        text: The draft as it said it; empty if there is none.
        failure: Why there is none.
        hopeless: Whether asking again is no use.
        cost: What asking has cost.
        problems: Why the draft cannot be used; empty if it is the plan.
        transfers: The bill, and the rest of the hold.
    """

    event: Literal["plan-answered"] = "plan-answered"
    number: Annotated[int, Field(ge=1)]
    attempt: Annotated[int, Field(ge=1)] = 1
    text: Text
    failure: Annotated[str, Field(max_length=2_000)] = ""
    hopeless: bool = False
    cost: Amount
    problems: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"plan-answered\t{self.number}\t{self.attempt}"
