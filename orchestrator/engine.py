"""The run: which announcement comes when, and what becomes of each task.

Announcements are numbered. Number k is made when so many of the earlier ones have closed that at
most `Limits.announcements` are open, and they close in their order, whichever finishes first. What
an announcement may know (standings, dependencies, failures) is therefore the same in every process
that goes through the run, however fast its workers happen to be.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

import anyio
from anyio.abc import TaskGroup

from orchestrator.agenda import Agenda
from orchestrator.desk import Desk
from orchestrator.execution import Ending
from orchestrator.lifecycle import Auction
from orchestrator.market import Market
from protocols.events import Closed, TaskAdded, TaskEnded
from protocols.messages import Lot, Result
from protocols.units import TaskId

OnEnd = Callable[[Ending], None]


class Engine:
    """Takes tasks and sees to it that each of them ends.

    Args:
        market: What the run is made of.
    """

    def __init__(self, market: Market) -> None:
        self.error: Exception | None = None
        self._market = market
        self._agenda = Agenda()
        self._open: deque[Auction] = deque()
        self._announced = 0
        self._closed = 0
        self._waiting: dict[TaskId, OnEnd] = {}
        self._ended: list[Ending] = []
        self._later: deque[TaskAdded] = deque()
        self._wake = anyio.Event()
        self.on_stop: list[Callable[[], object]] = []

    @property
    def idle(self) -> bool:
        """Whether nothing is announced, ready or waiting."""
        return not (self._open or len(self._agenda) or self._later)

    def submit(self, added: Iterable[TaskAdded], on_end: OnEnd | None = None) -> None:
        """Take tasks in; ``on_end`` is called once for each when it has ended.

        Tasks of an earlier process say when they entered, and wait until the run is there again.
        """
        for event in added:
            if on_end is not None:
                self._waiting[event.lot.task] = on_end
            if self._is_due(event):
                self._take_in(event)
            else:
                self._later.append(event)
        self._wake.set()

    def stamp(
        self, lot: Lot, needs: tuple[TaskId, ...], verify: dict[str, object] | None
    ) -> TaskAdded:
        """Return the event of a task that enters now, or entered in an earlier process."""
        event = TaskAdded(
            lot=lot, needs=needs, verify=verify, announced=self._announced, closed=self._closed
        )
        recorded = self._market.chronicle.recall(event.key, TaskAdded)
        if recorded is None:
            return event
        entered = {"announced": recorded.announced, "closed": recorded.closed}
        return event.model_copy(update=entered)

    def check_graph(self, added: Sequence[TaskAdded]) -> None:
        """Check tasks that are about to enter.

        Raises:
            ValueError: If an id is taken, a needed task is unknown, or tasks need each other.
        """
        new = {event.lot.task: event.needs for event in added}
        if len(new) < len(added):
            raise ValueError("two tasks share an id")
        for task, needs in new.items():
            if self._agenda.knows(task):
                raise ValueError(f"there is a task {task!r} already")
            for need in needs:
                if need not in new and not self._agenda.knows(need):
                    raise ValueError(f"task {task!r} needs {need!r}, which is unknown")
        try:
            TopologicalSorter(new).prepare()
        except CycleError as error:
            raise ValueError(f"tasks need each other: {' -> '.join(error.args[1])}") from None

    async def run(self, group: TaskGroup) -> None:
        """Announce what is ready until cancelled, or until the record of a replay ends.

        What breaks the run is kept in ``error``, and everybody who waits for a task is told.
        """
        try:
            await self._serve(group)
        except Exception as error:  # noqa: BLE001 - whatever breaks the run is told to who waits
            self.fail(error)

    async def _serve(self, group: TaskGroup) -> None:
        market = self._market
        overall = anyio.Semaphore(market.limits.concurrency, fast_acquire=True)
        for name, worker in market.workers.items():
            market.desks[name] = desk = Desk(worker.seats, overall)
            desk.open(group)
        while self.error is None:
            if self._can_announce():
                self._announce(group)
            elif self._open and self._open[0].done:
                if not self._open[0].complete:
                    break
                await self._close_oldest()
            else:
                self._wake = anyio.Event()
                await self._wake.wait()
        self._stop()

    def check(self) -> None:
        """Raise what broke the run, if anything did."""
        if self.error is not None:
            raise self.error

    def fail(self, error: Exception) -> None:
        """Stop the run because of an error that is not a worker's."""
        self.error = self.error or error
        self._wake.set()
        self._stop()

    def _stop(self) -> None:
        for tell in self.on_stop:
            tell()

    # ----------------------------------------------------------------------------------------

    def _can_announce(self) -> bool:
        while self._later and self._is_due(self._later[0]):
            self._take_in(self._later.popleft())
        return bool(self._agenda.ready) and len(self._open) < self._market.limits.announcements

    def _is_due(self, event: TaskAdded) -> bool:
        return event.announced <= self._announced and event.closed <= self._closed

    def _take_in(self, event: TaskAdded) -> None:
        self._market.chronicle.note(event)
        if (broken := self._agenda.add(event.lot, event.needs)) is not None:
            self._end(Ending(event.lot, "skipped", f"it needs {broken!r}, which was not solved"))
            self._tell()

    def _announce(self, group: TaskGroup) -> None:
        lots = self._agenda.take(self._market.limits.batch)
        self._announced += 1
        auction = Auction(self._market, self._announced, self._closed, lots)
        auction.announce()
        self._open.append(auction)
        group.start_soon(self._conduct, auction)

    async def _conduct(self, auction: Auction) -> None:
        try:
            await auction.conduct()
        except Exception as error:  # noqa: BLE001 - whatever breaks the run is told to who waits
            self.fail(error)
        self._wake.set()

    async def _close_oldest(self) -> None:
        auction = self._open.popleft()
        self._closed += 1
        market, name = self._market, auction.announcement.announcement
        seq = market.chronicle.note(Closed(announcement=name, number=self._closed))
        for lot in self._learn(auction):
            self._agenda.again(lot)
        await market.chronicle.durable(seq)
        self._tell()

    def _learn(self, auction: Auction) -> list[Lot]:
        """Take the endings in, in the order of the lots; return the lots to announce again."""
        market = self._market
        again: list[Lot] = []
        endings = [auction.endings[lot.task] for lot in auction.announcement.lots]
        progress = any(ending.report is not None for ending in endings) or bool(self._open)
        for ending in endings:
            if ending.award is not None and ending.report is not None:
                worker = market.workers[ending.award.worker]
                worker.learn(ending.lot, ending.report, ending.outcome)
            if ending.award is not None and ending.settlement is not None:
                market.standings.note(ending.lot, ending.award, ending.settlement)
            next_lot = self._next_lot(auction, ending, progress)
            if next_lot is None:
                self._end(ending)
            else:
                again.append(next_lot)
        return again

    def _next_lot(self, auction: Auction, ending: Ending, progress: bool) -> Lot | None:
        """Return the lot as it is announced again, or nothing if its task has ended."""
        lot = ending.lot
        if ending.state == "unfunded" and progress:
            return lot  # what others hold, or have just released, may make room for it
        if ending.state == "failed" and lot.attempt < self._market.limits.attempts:
            assert ending.award is not None  # noqa: S101 - it failed, so it was awarded
            return lot.model_copy(
                update={
                    "attempt": lot.attempt + 1,
                    "parent": auction.announcement.announcement,
                    "excluded": (*lot.excluded, ending.award.worker),
                }
            )
        return None

    def _end(self, ending: Ending) -> None:
        task, state = ending.lot.task, ending.state
        self._market.chronicle.note(TaskEnded(task=task, state=state, reason=ending.reason[:2000]))
        self._market.verifiers.pop(task, None)
        self._ended.append(ending)
        answer = ending.report.answer if isinstance(ending.report, Result) else None
        for lot in self._agenda.end(task, state, answer):
            self._end(Ending(lot, "skipped", f"it needs {task!r}, which is {state}"))

    def _tell(self) -> None:
        """Tell those who wait for the tasks that have ended, once that is on the disk."""
        ended, self._ended = self._ended, []
        for ending in ended:
            if (on_end := self._waiting.pop(ending.lot.task, None)) is not None:
                on_end(ending)
