"""The numbers of a run that screens look at, each with the entry of the journal that it is from."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, get_args

from orchestrator.guard_settings import Screen
from orchestrator.market import Limits
from protocols.consultation import Compared
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RunOpened,
    TaskEnded,
    Verified,
)
from protocols.guarding import Guarded
from protocols.messages import Lot, Participant, Result
from protocols.units import AnnouncementId, TaskId, WorkerId
from workers.verifiers import normalised

MOST: Final = 1000
"""So many numbers of a sort are kept, the newest; more would not make a finding surer."""

_Key = tuple[AnnouncementId, TaskId, WorkerId]


class Number(NamedTuple):
    """A number and the entry that it is from; with it another one, where two are compared."""

    seq: int
    value: float
    other: float = 0.0


class LotBids(NamedTuple):
    """The stated costs on one task when it was first announced."""

    seq: int
    kind: str
    costs: Mapping[WorkerId, int]


class Answers(NamedTuple):
    """The answers to one task with redundancy, and the entries that they are from."""

    kind: str
    answers: Mapping[WorkerId, str]
    seqs: Mapping[WorkerId, int]


def _newest() -> deque[Any]:
    return deque(maxlen=MOST)


@dataclass(slots=True)
class Observed:
    """A fold over the entries of a journal; memory grows with the workers, not with the run.

    Attributes:
        participants: Who takes part.
        guards: What the run says about guards, as recorded.
        solved_at: From which grade on a success counts.
        lots: The bids on each task when it was first announced.
        prices: By worker, its bids in parts of the reserve.
        costs: By worker, the stated and the metered cost of its work.
        grades: By worker and kind, what verifiers said.
        tasks: The answers to tasks with redundancy.
        decided: About whom a person has decided for what was found at the end.
    """

    participants: dict[WorkerId, Participant] = field(default_factory=dict[WorkerId, Participant])
    guards: Mapping[str, Any] | None = None
    solved_at: float = Limits().solved_at
    lots: deque[LotBids] = field(default_factory=_newest)
    prices: dict[WorkerId, deque[Number]] = field(default_factory=lambda: defaultdict(_newest))
    costs: dict[WorkerId, deque[Number]] = field(default_factory=lambda: defaultdict(_newest))
    grades: dict[tuple[WorkerId, str], deque[Number]] = field(
        default_factory=lambda: defaultdict(_newest)
    )
    tasks: deque[Answers] = field(default_factory=_newest)
    decided: set[WorkerId] = field(default_factory=set[WorkerId])
    _held: set[WorkerId] = field(default_factory=set[WorkerId])
    _open: dict[AnnouncementId, dict[TaskId, Lot]] = field(
        default_factory=dict[AnnouncementId, dict[TaskId, Lot]]
    )
    _stated: dict[_Key, int] = field(default_factory=dict[_Key, int])
    _awarded: dict[AnnouncementId, dict[_Key, int]] = field(
        default_factory=dict[AnnouncementId, dict[_Key, int]]
    )
    _answers: dict[TaskId, dict[TaskId, tuple[WorkerId, str, int]]] = field(
        default_factory=dict[TaskId, dict[TaskId, tuple[WorkerId, str, int]]]
    )
    _kinds: dict[TaskId, str] = field(default_factory=dict[TaskId, str])

    def note(self, seq: int, event: Event) -> None:
        """Take one entry in."""
        match event:
            case RunOpened():
                self.participants = {each.worker: each for each in event.participants}
                self.guards = event.config.get("guards")
                limits = Limits.model_validate(event.config.get("limits", {}))
                self.solved_at = limits.solved_at
            case Announced(announcement=call):
                self._open[call.announcement] = {lot.task: lot for lot in call.lots}
            case BidsClosed():
                self._bid(seq, event)
            case Allocated(allocation=done):
                self._awarded[done.announcement] = {
                    key: self._stated[key]
                    for award in done.awards
                    if (key := (done.announcement, award.task, award.worker)) in self._stated
                }
                self._stated.clear()
            case Finished(report=Result() as report):
                self._finish(seq, report)
            case Verified(outcome=said) if said.verifier not in {"peers", "failure"}:
                kind = self._kind(said.announcement, said.task)
                self.grades[said.worker, kind].append(Number(seq, said.success))
            case Compared(label=str(label), task=task):
                self._relabel(task, label)
            case Closed(announcement=name):
                self._open.pop(name, None)
                self._awarded.pop(name, None)
            case TaskEnded(task=task):
                self._end(task)
            case Guarded():
                self._guard(event)
            case _:
                pass  # no screen looks at it

    def _guard(self, event: Guarded) -> None:
        """Take in who is put on hold for a finding, and for whom that is over."""
        worker = event.worker
        if event.step == "held":
            self.decided.discard(worker)
            if event.reason.partition(":")[0] in get_args(Screen):
                self._held.add(worker)
        elif worker in self._held:
            self._held.remove(worker)
            self.decided.add(worker)

    def _bid(self, seq: int, event: BidsClosed) -> None:
        lots = self._open[event.announcement]
        first: defaultdict[TaskId, dict[WorkerId, int]] = defaultdict(dict)
        for bid in event.bids:
            lot = lots[bid.task]
            self._stated[bid.announcement, bid.task, bid.worker] = bid.cost
            if lot.parent is None and bid.cost:
                first[lot.origin][bid.worker] = bid.cost
                if lot.reserve:
                    self.prices[bid.worker].append(Number(seq, bid.cost / lot.reserve))
        kinds = {lot.origin: lot.kind for lot in lots.values()}
        for task, costs in first.items():
            if len(costs) > 1:
                self.lots.append(LotBids(seq, kinds[task], costs))

    def _finish(self, seq: int, report: Result) -> None:
        stated = self._awarded.get(report.announcement, {}).get(
            (report.announcement, report.task, report.worker)
        )
        if stated is not None:
            self.costs[report.worker].append(Number(seq, stated, report.cost))
        lot = self._open.get(report.announcement, {}).get(report.task)
        if lot is not None and lot.group is not None:
            self._kinds[lot.origin] = lot.kind
            said = report.worker, normalised(report.answer), seq
            self._answers.setdefault(lot.origin, {})[report.task] = said

    def _relabel(self, task: TaskId, label: str) -> None:
        """Take the class into which a judge has put an answer."""
        for answers in self._answers.values():
            if task in answers:
                worker, _, seq = answers[task]
                answers[task] = worker, normalised(label), seq

    def _kind(self, name: AnnouncementId, task: TaskId) -> str:
        lot = self._open.get(name, {}).get(task)
        return "" if lot is None else lot.kind

    def _end(self, task: TaskId) -> None:
        given = self._answers.pop(task, {}).values()
        kind = self._kinds.pop(task, "")
        if len(given) > 1:
            answers = {worker: answer for worker, answer, _ in given}
            self.tasks.append(Answers(kind, answers, {worker: seq for worker, _, seq in given}))
