"""What the workers of a run learn together: each has few outcomes, all of them have many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.recalibration import Recalibrator
from workers.bidding.hardness import Hardness
from workers.bidding.tally import Tallies

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocols.messages import Lot
    from protocols.units import WorkerId
    from workers.bidding.value import Outlook

    Look = Callable[[Lot], Outlook]


class Pool:
    """The common memory of workers that are run by the same person.

    It must not be shared with workers of others, who would learn what is none of their business. A
    worker that is given none has one of its own, and learns alone.

    Attributes:
        outcomes: The successes of all, by kind.
        hardness: What makes tasks hard.
    """

    def __init__(self) -> None:
        self.outcomes = Tallies()
        self.hardness = Hardness()
        self._maps: dict[tuple[str, str], Recalibrator] = {}
        self._looks: dict[WorkerId, Look] = {}

    def maps(self, source: str, kind: str) -> Recalibrator:
        """Return the maps from what workers say to what becomes of it.

        Confidences from different sources are different things, so each has its own maps. So has
        each kind of task: on recorded answers of 11 and of 5 models the kind decides more than the
        model does how far a stated confidence is off.
        """
        return self._maps.setdefault((source, kind), Recalibrator())

    def join(self, worker: WorkerId, look: Look) -> None:
        """Let the others know what a worker would make of a lot, asking nobody."""
        self._looks[worker] = look

    def outlooks(self, lot: Lot, besides: WorkerId) -> dict[WorkerId, Outlook]:
        """Return what each of the other workers would make of a lot."""
        return {name: look(lot) for name, look in self._looks.items() if name != besides}
