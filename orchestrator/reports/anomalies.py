"""What went otherwise than agreed in a run: counted by worker, with an example of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.drawing.display import money_text
from protocols.consultation import Consulted
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import Allocated, BidsClosed, Event, Finished, RunResumed, Started
from protocols.guarding import Guarded
from protocols.messages import Failure
from protocols.quarantine import Quarantined
from protocols.units import AnnouncementId, TaskId, WorkerId

_COORDINATOR: Final = "(coordinator)"

_DEARER: Final = 1.25
"""Work that costs so many times what was bid is worth a look."""

_LEAST_AWARDS: Final = 5


@dataclass(slots=True)
class Anomaly:
    """One sort of thing that a worker did or met.

    Attributes:
        what: What happened, in words.
        worker: Whose.
        times: How often.
        example: The first one, in words of others.
    """

    what: str
    worker: str
    times: int
    example: str


class Anomalies:
    """Counts what is worth a look; give every event to `note`. Memory does not grow with the run."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Anomaly] = {}
        self._costs: dict[tuple[AnnouncementId, TaskId, WorkerId], int] = {}
        self._bids: dict[tuple[AnnouncementId, TaskId, WorkerId], int] = {}
        self._sums: dict[WorkerId, list[int]] = {}

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case BidsClosed():
                self._close(event)
            case Allocated(allocation=made):
                keys = [(made.announcement, each.task, each.worker) for each in made.awards]
                self._costs |= {key: self._bids[key] for key in keys if key in self._bids}
                self._bids.clear()
            case Finished(report=report):
                key = report.announcement, report.task, report.worker
                self._meter(report.worker, self._costs.pop(key, None), report.cost)
                if isinstance(report, Failure):
                    self._add("gave no answer", report.worker, report.reason)
            case Lapsed():
                self._costs.pop((event.announcement, event.task, event.worker), None)
                self._add("did not take up an award", event.worker, event.reason)
            case Withdrawn():
                self._costs.pop((event.announcement, event.task, event.worker), None)
                self._add("had an award withdrawn", event.worker, event.reason)
            case Quarantined():
                self._add("was quarantined", event.worker, event.reason)
            case Started() | Consulted() if event.call > 1:
                self._add(
                    "was asked again, an answer was lost", event.worker or _COORDINATOR, event.task
                )
            case Guarded():
                self._add(f"was {event.step} by the guards", event.worker, event.reason)
            case RunResumed():
                self._add("went on in a new process", _COORDINATOR, "")
            case _:
                pass  # as agreed

    def found(self) -> list[Anomaly]:
        """Return what was found, the most frequent first."""
        listed = [*self._found.values(), *self._dearer()]
        return sorted(listed, key=lambda each: -each.times)

    def _close(self, event: BidsClosed) -> None:
        self._bids |= {(bid.announcement, bid.task, bid.worker): bid.cost for bid in event.bids}
        for each in event.rejections:
            self._add("had a bid turned down", each.worker, each.reason)
        for odd in event.not_understood:
            self._add("sent what makes no sense", odd.worker, odd.reason)

    def _meter(self, worker: WorkerId, bid: int | None, cost: int) -> None:
        if bid is not None:
            sums = self._sums.setdefault(worker, [0, 0, 0])
            for place, amount in enumerate((1, bid, cost)):
                sums[place] += amount

    def _dearer(self) -> Iterator[Anomaly]:
        for worker, (awards, bid, cost) in self._sums.items():
            if awards >= _LEAST_AWARDS and cost > _DEARER * bid:
                told = f"{money_text(cost)} metered, {money_text(bid)} bid"
                yield Anomaly("costs more than it bids", worker, awards, told)

    def _add(self, what: str, worker: str, example: str) -> None:
        found = self._found.get((what, worker))
        if found is None:
            self._found[what, worker] = Anomaly(what, worker, 1, example)
        else:
            found.times += 1
