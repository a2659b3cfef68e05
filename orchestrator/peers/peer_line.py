"""The second, shorter line: the answers to a batch of copied tasks -> peer scores -> settlements.

    copies -(lifecycle.py)-> answers -compare_answers-> PeersScored -settle-> Settled | Unsettled
                                                                    -> how each task has ended

A batch is scored when the last copy of its tasks has ended: all answers are fixed before any of
them is compared. That point depends on the order in which announcements close and not on time, and
every number follows from the answers, so a replay derives all of it again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.agenda import State
from orchestrator.answer_classes import classes_of
from orchestrator.auction.execution import Ending
from orchestrator.auction.lifecycle import Auction
from orchestrator.auction.withdrawal import withdraw
from orchestrator.entrance import Entry
from orchestrator.market import Market
from orchestrator.peer_settings import ByJudge
from orchestrator.peers.comparison import Classes, Comparison
from orchestrator.peers.copies import copies_of, copy_ids, form_batches, owner_of
from orchestrator.peers.peer_scoring import FEWEST_ANSWERS, compare_answers
from protocols.events import PeersScored, Verified
from protocols.messages import Lot, Outcome, Result
from protocols.peer_scores import PeerAnswer, PeerStanding
from protocols.units import TaskId, WorkerId
from scoring.peer import PeerReport

PEERS = "peers"
"""Who says so where an outcome is the consensus of the peers."""


@dataclass(slots=True)
class _Group:
    """One task and what became of its copies, by their ids.

    Attributes:
        called_off: Why the task was cancelled, if it was.
    """

    lot: Lot
    copies: int
    called_off: str | None = None
    endings: dict[TaskId, Ending] = field(default_factory=dict[TaskId, Ending])
    classes: Classes = field(default_factory=Classes)

    @property
    def labels(self) -> dict[TaskId, str]:
        """The class of each answer that has one."""
        return self.classes.labels

    @property
    def ended(self) -> list[Ending]:
        """The copies that have ended or wait, in the order of the copies."""
        return [self.endings[name] for name in sorted(self.endings, key=_number)]

    @property
    def answered(self) -> list[Ending]:
        """The copies with an answer that waits, in the order of the copies."""
        return [ending for ending in self.ended if ending.pending is not None]


class PeerLine:
    """Holds answers until their peers have answered too, then scores and settles them.

    Args:
        market: What the run is made of.
        take_note: Told of each settled copy, so that workers and standings learn from it.
    """

    def __init__(self, market: Market, take_note: Callable[[Ending], None]) -> None:
        self._market = market
        self._take_note = take_note
        self._prepared = 0
        self._copied: dict[TaskId, TaskId] = {}
        self._groups: dict[TaskId, _Group] = {}
        self._batch_of: dict[TaskId, int] = {}
        self._batches: dict[int, dict[TaskId, _Group]] = {}
        judged = market.peers.classes if market.peers is not None else None
        self._comparison = Comparison(market, judged.judge) if isinstance(judged, ByJudge) else None

    def __len__(self) -> int:
        """Return how many tasks with copies have not ended."""
        return len(self._groups)

    def prepare(self, entries: Sequence[Entry], knows: Callable[[TaskId], bool]) -> None:
        """Check tasks that are about to enter, and say which are scored together.

        Args:
            entries: The tasks.
            knows: Whether there is a task of an id already.

        Raises:
            ValueError: If some cannot be copied as asked, or have the id of a copy.
        """
        for entry in entries:
            if (copied := self._copied.get(entry.lot.task)) is not None:
                raise ValueError(f"the id {entry.lot.task!r} is that of a copy of task {copied!r}")
        fleet = [worker.participant for worker in self._market.workers.values()]
        self._prepared = form_batches(entries, self._market.peers, fleet, self._prepared, knows)
        for entry in entries:
            if entry.batch:
                copies = copy_ids(entry.lot.task, entry.copies)
                self._copied |= dict.fromkeys(copies, entry.lot.task)

    def enter(self, entry: Entry) -> None:
        """Expect the copies of a task that has entered the run."""
        task = entry.lot.task
        group = self._groups[task] = _Group(entry.lot, entry.copies)
        self._batch_of[task] = entry.batch
        self._batches.setdefault(entry.batch, {})[task] = group
        if entry.verify is not None:
            self._market.gold.add(task)

    def copies(self, lot: Lot) -> Sequence[Lot]:
        """Return the lots of a task that has become ready: its copies, or the task itself."""
        group = self._groups.get(lot.task)
        if group is None:
            return [lot]
        fleet = [worker.participant for worker in self._market.workers.values()]
        return copies_of(lot, group.copies, fleet, self._market.seed)

    async def compare(self, auction: Auction) -> None:
        """Have a judge put the answers of an announcement that closes into classes, if one does.

        Raises:
            RecordEndsError: In a replay, if the record does not say what the judge has found.
        """
        if self._comparison is None:
            return
        waiting: dict[TaskId, tuple[Classes, list[Ending]]] = {}
        for lot in auction.announcement.lots:
            ending, group = auction.endings[lot.task], self._groups.get(lot.origin)
            if ending.pending is not None and group is not None and group.called_off is None:
                waiting.setdefault(lot.origin, (group.classes, []))[1].append(ending)
        await self._comparison.sort(list(waiting.values()))

    def take(self, ending: Ending) -> list[Ending]:
        """Take a copy in that has ended, or waits; return how tasks have ended because of it."""
        task = ending.lot.origin
        group = self._groups[task]
        group.endings[ending.lot.task] = ending
        if group.called_off is not None:
            return self._ended(group)
        return self._scored(self._batch_of[task])

    def call_off(self, task: TaskId, reason: str, unannounced: Iterable[Lot]) -> list[Ending]:
        """Withdraw the awards of a task with copies; return how it ends, if no copy is at work.

        Args:
            task: Which task.
            reason: Why it is cancelled.
            unannounced: Its copies that nobody has been asked to do.
        """
        group = self._groups.get(task)
        if group is None:
            return []
        group.called_off = reason
        group.endings |= {lot.task: Ending(lot, "cancelled", reason) for lot in unannounced}
        return self._ended(group)

    def drop(self, task: TaskId) -> list[Ending]:
        """Forget a task that has ended; return how others of its batch have ended because of it."""
        batch = self._batch_of.pop(task, None)
        if batch is None:
            return []
        del self._groups[task]
        self._market.gold.discard(task)
        if batch not in self._batches:
            return []
        del self._batches[batch][task]
        return self._scored(batch)

    def _ended(self, group: _Group) -> list[Ending]:
        """Withdraw the answers that wait of a task that is cancelled; return its end, if it ends."""
        for ending in group.answered:
            assert ending.pending is not None  # noqa: S101 - it waits
            self._conclude(group, ending, withdraw(ending.pending))
        if len(group.endings) < group.copies:
            return []
        return [Ending(group.lot, "cancelled", group.called_off or "")]

    # The line -------------------------------------------------------------------------------

    def _scored(self, batch: int) -> list[Ending]:
        """Score a batch if all its copies have ended, settle it, and return how its tasks end."""
        groups = self._batches[batch].values()
        if any(len(group.endings) < group.copies for group in groups):
            return []
        del self._batches[batch]
        if not groups:
            return []
        scored = self._compare(batch, groups)
        self._market.chronicle.note(scored)
        standings = {one.worker: one for one in scored.workers}
        answers = {one.task: one for one in scored.answers}
        tasks: list[Ending] = []
        for group in groups:
            answer = answers.get(group.lot.task)
            for ending in group.answered:
                self._settle(group, ending, standings, answer)
            tasks.append(self._task(group, answer))
        return tasks

    def _compare(self, batch: int, groups: Iterable[_Group]) -> PeersScored:
        settings = self._market.peers
        assert settings is not None  # noqa: S101 - tasks with copies enter only with settings
        reports: list[PeerReport] = []
        gold: dict[str, str] = {}
        kind = ""
        for group in groups:
            kind = group.lot.kind
            answered = group.answered
            if self._comparison is None:
                found = classes_of([_answer(ending) for ending in answered], settings)
                names = [ending.lot.task for ending in answered]
                group.labels.update(zip(names, found, strict=True))
            for ending in answered:
                if (label := group.labels.get(ending.lot.task)) is not None:
                    reports.append(self._report(ending, label))
                    if self._is_accepted(ending):
                        gold.setdefault(group.lot.task, label)
        return compare_answers(batch, kind, reports, gold, settings, self._market.seed)

    def _report(self, ending: Ending, label: str) -> PeerReport:
        assert ending.award is not None  # noqa: S101 - it was answered, so it was awarded
        worker = self._market.workers[ending.award.worker].participant
        return PeerReport(
            task=ending.lot.origin,
            worker=worker.worker,
            owner=owner_of(worker),
            family=worker.family or worker.worker,
            report=label,
            confidence=ending.award.contract.report,
        )

    def _settle(
        self,
        group: _Group,
        ending: Ending,
        standings: dict[WorkerId, PeerStanding],
        answer: PeerAnswer | None,
    ) -> None:
        """Pay for one answer, or say why it cannot be scored; then its hold ends."""
        execution, report = ending.pending, ending.report
        assert execution is not None and report is not None  # noqa: S101, PT018 - it waits
        label = group.labels.get(ending.lot.task)
        if label is None:
            why = group.classes.reasons.get(ending.lot.task, "the answer was not compared")
            self._conclude(group, ending, execution.leave_unsettled(report, why))
            return
        standing = standings[report.worker]
        outcome = ending.outcome or _outcome(ending, label, answer)
        if standing.pay_unit is None:
            settled = execution.leave_unsettled(report, f"no peer score: {standing.refusal}"[:2000])
        elif outcome is None:
            settled = execution.leave_unsettled(report, "no peer has answered the task")
        else:
            if ending.outcome is None:
                self._market.chronicle.note(Verified(outcome=outcome))
            settled = execution.settle(report, outcome, standing.pay_unit)
        self._conclude(group, ending, settled)

    def _conclude(self, group: _Group, ending: Ending, settled: Ending) -> None:
        """Put the end of an answer in the place of its waiting."""
        settled.outcome = settled.outcome or ending.outcome
        settled.before = ending.before
        returned = settled.spent - ending.spent
        self._market.budget.take(returned)
        if ending.award is not None:
            self._market.caps.take([(ending.award.worker, ending.lot.kind, returned)])
        group.endings[ending.lot.task] = settled
        self._take_note(settled)

    def _task(self, group: _Group, answer: PeerAnswer | None) -> Ending:
        """Return how a task has ended, with the copy that answers for it."""
        copies = group.ended
        answered = [ending for ending in copies if ending.lot.task in group.labels]
        if group.lot.task in self._market.gold:
            chosen = [ending for ending in answered if self._is_accepted(ending)]
        else:
            said = answer.answer if answer is not None else None
            chosen = [one for one in answered if group.labels[one.lot.task] == said]
        if chosen:
            reason = f"the answer of {len(chosen)} of {len(answered)} copies"
            return replace(chosen[0], lot=group.lot, state="solved", reason=reason, before=())
        state, reason = self._unsolved(group, len(answered), answer)
        last = (answered or copies)[-1]
        return replace(last, lot=group.lot, state=state, reason=reason, before=())

    def _unsolved(
        self, group: _Group, answered: int, answer: PeerAnswer | None
    ) -> tuple[State, str]:
        """Return in which state a task ends that no copy solves, and why."""
        copies = group.ended
        if not answered and len({ending.state for ending in copies}) == 1:
            return copies[0].state, copies[0].reason
        if answered and group.lot.task in self._market.gold:
            return "failed", "the verifier has accepted no copy"
        if answer is not None:
            return "unsettled", "the likeliest answer, by how each worker errs, is one nobody gave"
        said = f"{answered} of {group.copies} copies were answered"
        return "unsettled", f"{said}; a consensus takes {FEWEST_ANSWERS}"

    def _is_accepted(self, ending: Ending) -> bool:
        outcome = ending.outcome
        return outcome is not None and outcome.success >= self._market.limits.solved_at


def _outcome(ending: Ending, label: str, answer: PeerAnswer | None) -> Outcome | None:
    """Return whether an answer is that of the crowd, or nothing if the crowd has none."""
    if answer is None or ending.award is None:
        return None
    return Outcome(
        announcement=ending.award.announcement,
        task=ending.award.task,
        worker=ending.award.worker,
        success=1.0 if label == answer.answer else 0.0,
        verifier=PEERS,
        detail=f"the consensus of {answer.answers} answers is {answer.answer[:200]!r}",
    )


def _answer(ending: Ending) -> str:
    assert isinstance(ending.report, Result)  # noqa: S101 - only answers wait for peers
    return ending.report.answer


def _number(copy: TaskId) -> int:
    return int(copy.rpartition("#")[2])
