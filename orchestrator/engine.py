"""The run: which announcement comes when, and what becomes of each task.

Announcements are numbered. Number k is made when so many of the earlier ones have closed that at
most `Limits.announcements` are open, and they close in their order, whichever finishes first. What
an announcement may know (standings, dependencies, failures) is therefore the same in every process
that goes through the run, however fast its workers happen to be.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace

import anyio
from anyio.abc import TaskGroup

from orchestrator.agenda import Agenda
from orchestrator.auction.execution import Ending
from orchestrator.auction.further_rounds import next_lot, waits_for_person
from orchestrator.auction.lifecycle import CERTAIN, Auction
from orchestrator.auction.watching import take_note
from orchestrator.cancellation import Cancellations, Request
from orchestrator.desk import Desk
from orchestrator.endings import Endings
from orchestrator.entrance import Entrance, Entry
from orchestrator.market import Market
from orchestrator.memory.chronicle import RecordEndsError
from orchestrator.peers.peer_line import PeerLine
from orchestrator.reviewing import ask_person, invite
from protocols.decommitment import Cancelled
from protocols.events import Announced, Closed, RunClosed, TaskAdded
from protocols.messages import Lot
from protocols.units import TaskId


class Engine:
    """Takes tasks and sees to it that each of them ends.

    Args:
        market: What the run is made of.
        recorded: The tasks of an earlier process, in the order in which they entered.
        cancelled: Those of them that were called off, in the order in which that was said.

    Attributes:
        error: What broke the run, if anything did.
        stopped: Whether it has stopped, for whatever reason.
        peers: Holds the answers that wait for their peers.
        announced: How many announcements have been made.
    """

    def __init__(
        self,
        market: Market,
        recorded: Iterable[TaskAdded] = (),
        cancelled: Iterable[Cancelled] = (),
    ) -> None:
        self.error: Exception | None = None
        self.stopped = False
        self._market = market
        self._entrance = Entrance(recorded)
        stops = market.limits.on_failure == "stop"
        self._cancellations = Cancellations(cancelled, stops=stops)
        self.peers = PeerLine(market, self._take_note)
        self._agenda = Agenda(self.peers.copies)
        self._endings = Endings(market, self._agenda, self._cancellations, self.peers)
        self._open: deque[Auction] = deque()
        self.announced = 0
        self._closed = 0
        self._wake = anyio.Event()
        self._on_stop: list[Callable[[], object]] = []

    @property
    def resting(self) -> bool:
        """Whether no task of this process is on its way; those of a record may be to come."""
        return not (self._open or len(self._agenda) or len(self.peers) or self._entrance.waiting)

    @property
    def idle(self) -> bool:
        """Whether nothing is announced, ready or waiting."""
        waiting = self._open or len(self._agenda) or len(self.peers)
        return self._entrance.empty and not waiting

    @property
    def closing(self) -> RunClosed:
        """The last event of the run, if it ends now."""
        if self._cancellations.stopped_by is not None:
            return RunClosed(reason="cancelled")
        return RunClosed(reason="budget" if self._endings.short_of_cash else "done")

    def submit(self, entries: Iterable[Entry]) -> None:
        """Take tasks in; each enters the run when it is its turn."""
        for entry in entries:
            self._entrance.give(entry)
        self._wake.set()

    async def cancel(self, task: TaskId, reason: str) -> bool:
        """Call a task off, wherever it is; return whether it was in time, once that is durable."""
        request, chronicle = Request(task, reason), self._market.chronicle
        self._cancellations.ask(request)
        self._wake.set()
        # in a resumed run the past has to be passed first, and nobody else says when it is
        deafen = chronicle.listen(lambda _: self._wake.set())
        try:
            with self.watched(request.answered.set):
                await request.answered.wait()
        finally:
            deafen()
        self.check()
        if request.seq is not None:
            await chronicle.durable(request.seq)
        return request.seq is not None

    def knows(self, task: TaskId) -> bool:
        """Whether there is a task of this id."""
        return task in self._entrance or self._agenda.knows(task)

    @contextmanager
    def watched(self, on_stop: Callable[[], object]) -> Generator[None]:
        """Call back when the engine stops, so that nobody waits for what will not come."""
        self._on_stop.append(on_stop)
        try:
            yield
        finally:
            self._on_stop.remove(on_stop)

    def check(self) -> None:
        """Raise what broke the run, if anything did."""
        if self.error is not None:
            raise self.error

    async def run(self) -> None:
        """Announce what is ready until cancelled, or until the record of a replay ends.

        What breaks the run is kept in ``error``; work under way is then cancelled, and everybody
        who waits for a task is told.
        """
        try:
            async with anyio.create_task_group() as group:
                try:
                    await self._serve(group)
                except RecordEndsError:
                    await self._read_on()
                except Exception as error:  # noqa: BLE001 - it is told to those who wait
                    self._fail(error)
                finally:
                    group.cancel_scope.cancel()
        finally:
            self.stopped = True
            for tell in tuple(self._on_stop):
                tell()

    async def _serve(self, group: TaskGroup) -> None:
        market = self._market
        market.foreign.open(group)
        overall = anyio.Semaphore(market.limits.concurrency, fast_acquire=True)
        for name, worker in market.workers.items():
            market.desks[name] = desk = Desk(worker.seats, overall)
            desk.open(group)
        while self.error is None:
            while self._let_in():
                pass
            if self._must_wait():
                await self._woken()
            elif self._has_next() and self._invite():
                self._announce(group)
            elif self._open and self._open[0].done:
                await self._close_oldest()
            elif not self._open and (self._agenda.ready or self._agenda.parked):
                ask_person(self._terms, self.announced)
                self._agenda.unpark()
            elif market.chronicle.only_recall and not self._open:
                raise RecordEndsError
            else:
                await self._woken()

    async def _read_on(self) -> None:
        """Let the announcements of a replay go on for as far as their record goes."""
        while self.error is None and not all(auction.done for auction in self._open):
            await self._woken()

    async def _woken(self) -> None:
        self._wake = anyio.Event()
        await self._wake.wait()

    def _fail(self, error: Exception) -> None:
        self.error = self.error or error
        self._wake.set()

    # ----------------------------------------------------------------------------------------

    @property
    def _terms(self) -> Market:
        """The terms of the next announcement."""
        return self._market.of(self.announced + 1)

    def _must_wait(self) -> bool:
        """Whether the next step depends on something that is still to come.

        A budget is given out in one order: nothing is announced or closed while bids are taken.
        """
        if self._entrance.lacks(self.announced, self._closed):
            return True
        capped = self._terms.capped
        return any(
            (capped or auction.market.capped) and not (auction.decided or auction.done)
            for auction in self._open
        )

    def _let_in(self) -> bool:
        """Let tasks enter; return whether somebody was told of an end, who may have given more."""
        while self._takes_in_recorded():
            pass
        if self._market.chronicle.recall(f"announced\ta{self.announced + 1}", Announced) is None:
            while entry := self._entrance.next_new():
                self._take_in(entry)
        while not self._market.chronicle.unseen and (asked := self._cancellations.next_asked()):
            asked.answer(self._call_off_if_in_time(asked))
        return self._endings.tell()

    def _takes_in_recorded(self) -> bool:
        """Take in what the record says came next, if it is its turn."""
        counts, stuck = (self.announced, self._closed), not (self._open or self._agenda.ready)
        entered = self._entrance.entered
        if cancelled := self._cancellations.next_recorded(entered, *counts, stuck=stuck):
            self._call_off(cancelled)
            return True
        if entry := self._entrance.next_recorded(*counts, stuck=stuck):
            self._take_in(entry)
            return True
        return False

    def _take_in(self, entry: Entry) -> None:
        lot, needs, counts = entry.lot, entry.needs, (self.announced, self._closed)
        if entry.verifier is not None:
            self._market.verifiers[lot.task] = entry.verifier
        if entry.on_end is not None:
            self._endings.await_end(lot.task, entry.on_end)
        self._market.chronicle.note(
            TaskAdded(
                lot=lot,
                needs=needs,
                verify=entry.verify,
                announced=counts[0],
                closed=counts[1],
                copies=entry.copies,
                batch=entry.batch,
                reads=entry.reads,
            )
        )
        if entry.batch:
            self.peers.enter(entry)
        self._cancellations.note_entry(lot.task)
        if (broken := self._agenda.add(lot, needs)) is not None:
            self._endings.end(Ending(lot, "skipped", f"it needs {broken!r}, which was not solved"))

    def _call_off_if_in_time(self, asked: Request) -> int | None:
        """Call a task off that has no certain end yet; return the number of the event."""
        task = asked.task
        if task in self._cancellations.reasons:
            return 0
        if self._agenda.has_ended(task) or any(auction.is_certain(task) for auction in self._open):
            return None
        return self._call_off(
            Cancelled(
                task=task,
                reason=asked.reason,
                entered=self._entrance.entered,
                announced=self.announced,
                closed=self._closed,
            )
        )

    def _call_off(self, cancelled: Cancelled) -> int:
        """Call a task off where it is: in the agenda, in open announcements, among its peers."""
        seq = self._market.chronicle.note(cancelled)
        task, reason = cancelled.task, cancelled.reason
        self._cancellations.reasons[task] = reason
        lots = self._agenda.remove(task)
        for auction in self._open:
            auction.call_off(task, reason)
        if lots and lots[0].group is None:
            self._endings.end(Ending(lots[0], "cancelled", reason))
        else:
            for ending in self.peers.call_off(task, reason, lots):
                self._endings.end(ending)
        return seq

    def _has_next(self) -> bool:
        return bool(self._agenda.ready) and len(self._open) < self._terms.limits.announcements

    def _invite(self) -> bool:
        """Decide who is invited next; return whether there is anybody, or never will be."""
        if invite(self._terms, self.announced + 1):
            self._agenda.unpark()
        return bool(self._terms.guards.roster or not self._terms.guards.held)

    def _announce(self, group: TaskGroup) -> None:
        terms = self._terms
        lots = self._agenda.take(terms.batch, terms.kinds)
        self.announced += 1
        auction = Auction(terms, self.announced, self._closed, lots)
        auction.announce()
        self._open.append(auction)
        group.start_soon(self._conduct, auction)

    async def _conduct(self, auction: Auction) -> None:
        try:
            await auction.conduct(lambda: self._wake.set())
        except Exception as error:  # noqa: BLE001 - it is told to those who wait
            self._fail(error)
        self._wake.set()

    async def _close_oldest(self) -> None:
        if not self._open[0].complete:
            raise RecordEndsError
        auction = self._open.popleft()
        self._closed += 1
        market, name = auction.market, auction.announcement.announcement
        market.budget.take(auction.spent - auction.committed)
        auction.allowance.close(auction.endings.values())
        market.chronicle.note(Closed(announcement=name, number=self._closed))
        await self.peers.compare(auction)
        for lot in self._learn(auction):
            self._agenda.again(lot)
        await market.chronicle.durable()
        self._endings.tell()

    def _learn(self, auction: Auction) -> list[Lot]:
        """Take the endings in, in the order of the lots; return the lots to announce again."""
        again: list[Lot] = []
        for lot in auction.announcement.lots:
            ending = auction.endings[lot.task]
            for each in (*ending.before, ending):
                self._take_note(each)
            reason = self._cancellations.reasons.get(lot.origin)
            if reason is not None and ending.state not in CERTAIN:
                ending = replace(ending, state="cancelled", reason=reason)
            next_lot = None if reason is not None else self._next_lot(auction, ending)
            if next_lot is not None:
                again.append(next_lot)
            elif reason is None and waits_for_person(ending, auction.held):
                self._agenda.park(
                    lot.model_copy(update={"parent": auction.announcement.announcement})
                )
            elif lot.group is None:
                self._endings.end(ending)
            else:
                for task in self.peers.take(ending):
                    self._endings.end(task)
        self._market.standings.close()
        auction.market.guards.close(auction.announcement.number)
        return again

    def _take_note(self, ending: Ending) -> None:
        take_note(self._market, ending, self.announced)

    def _next_lot(self, auction: Auction, ending: Ending) -> Lot | None:
        funds = auction.allowance.may_be_funded(ending) or any(
            each.committed for each in self._open
        )
        return next_lot(
            ending,
            auction.announcement.announcement,
            auction.market.limits,
            worked=auction.worked,
            funds=funds,
            waits=bool(auction.waited_for.difference(ending.lot.excluded)),
        )
