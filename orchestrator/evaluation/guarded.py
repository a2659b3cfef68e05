"""What the guards of a market decided about each worker: a fold over events."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from protocols.events import Event
from protocols.guarding import Guarded, Step
from protocols.units import WorkerId


@dataclass(slots=True)
class Watched:
    """The decisions about one worker.

    Attributes:
        last: The last of them, which is in force.
        steps: How often each was taken.
        reasons: The reason for the first of each step.
    """

    last: Guarded
    steps: Counter[Step] = field(default_factory=Counter[Step])
    reasons: dict[Step, str] = field(default_factory=dict[Step, str])


@dataclass(slots=True)
class GuardTotals:
    """The decisions by worker, in the order of the first about each."""

    workers: dict[WorkerId, Watched] = field(default_factory=dict[WorkerId, Watched])

    @property
    def held(self) -> list[Guarded]:
        """The decisions by which workers are on hold until a person has decided."""
        return [each.last for each in self.workers.values() if each.last.step == "held"]

    def note(self, event: Event) -> None:
        """Take one event in."""
        if isinstance(event, Guarded):
            watched = self.workers.setdefault(event.worker, Watched(event))
            watched.last = event
            watched.steps[event.step] += 1
            watched.reasons.setdefault(event.step, event.reason)

    def to_data(self) -> list[dict[str, Any]]:
        """Return them as plain data."""
        return [
            {
                "worker": worker,
                "steps": dict(watched.steps),
                "reasons": dict(watched.reasons),
                "last": watched.last.step,
                "last_reason": watched.last.reason,
                "until": watched.last.until,
            }
            for worker, watched in self.workers.items()
        ]
