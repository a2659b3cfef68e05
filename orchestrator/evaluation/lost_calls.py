"""Calls whose answers were lost in crashes, and what is booked for them: a fold over events."""

from dataclasses import dataclass
from typing import Any

from orchestrator.evaluation.totals import amount
from orchestrator.memory.ledger import billed
from protocols.consultation import Consulted
from protocols.events import Event, Started, Unsettled
from protocols.planning import PlanAsked


@dataclass(slots=True)
class LostCalls:
    """How many calls to workers, judges and planners were lost, and their reserve.

    An event that says that somebody is about to be called bills nothing but the call before it.

    Attributes:
        count: How many answers were lost.
        reattached: How many times a worker was asked for the answer of a call that had been made.
        reserve: What is booked for lost answers, as they may have been billed, in nano-units.
    """

    count: int = 0
    reattached: int = 0
    reserve: int = 0

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Started(reattached=True):
                self.reattached += 1
            case Started() | Consulted() | PlanAsked() if event.call > 1:
                self._lose(event)
            case Unsettled(lost=True):
                self._lose(event)
            case _:
                pass

    def _lose(self, event: Started | Consulted | PlanAsked | Unsettled) -> None:
        self.count += 1
        self.reserve += billed(event.transfers)

    def to_data(self) -> dict[str, Any]:
        """Return the totals as plain data."""
        return {
            "count": self.count,
            "reattached": self.reattached,
            "reserve": amount(self.reserve),
        }
