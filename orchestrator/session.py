"""A run that is open: its journal, ledger, market and engine, from the first event to the last."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio
from anyio.abc import TaskGroup

from orchestrator.dismissal import Closing, dismiss
from orchestrator.engine import Engine
from orchestrator.entrance import given
from orchestrator.guard_settings import GuardSettings
from orchestrator.inheritance import descended, fold, inherit, origin_of
from orchestrator.market import Limits, Market
from orchestrator.memory.budget import Budget
from orchestrator.memory.caps import BudgetSettings, Caps
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.journal import Journal
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.opening import note_opening, note_quarantines, open_journal
from orchestrator.observing.watchers import watchers
from orchestrator.peer_settings import PeerSettings
from orchestrator.recordings import Caller, recorded
from orchestrator.reviewing import conclude, suspects
from protocols.events import Event, RunOpened
from protocols.mechanism import Mechanism
from protocols.units import Money, WorkerId
from workers.ports import Worker
from workers.sharing import share
from workers.verifiers.person import VerdictFile

if TYPE_CHECKING:
    from orchestrator.memory.record import Record
    from workers.model_judge import ModelJudge
    from workers.planning.planner import Planner


class Session:
    """Opens a run or takes it up, keeps its engine going, and closes it in the right order.

    What it needs is set by who derives from it; see `orchestrator.coordinator.Coordinator`.

    Attributes:
        journal_path: The file that records the run; ``None`` keeps no record.
        ledger: Where the money is.
        opening: The first event of a run with these settings.
    """

    journal_path: Path | None
    ledger: Ledger
    opening: RunOpened
    _resume: bool
    _record_calls: bool
    _seed: int
    _limits: Limits
    _mechanism: Mechanism
    _workers: Mapping[WorkerId, Worker]
    _judges: Mapping[str, "ModelJudge"]
    _planner: "Planner | None"
    _budget: Money | None
    _budgets: BudgetSettings | None
    _guards: GuardSettings | None
    _peers: PeerSettings | None
    _calls: ExitStack
    _listeners: list[Callable[[Event], None]]
    _engine: Engine | None
    _journal: Journal
    _record: "Record | None"
    _chronicle: Chronicle
    _market: Market
    _group: TaskGroup

    async def __aenter__(self) -> Self:
        """Open the journal and the market.

        Raises:
            JournalError: If the journal cannot be written, or cannot be resumed: it is closed, in
                use, or of a run with other workers or settings.
        """
        self._journal, self._record = self._open_journal()
        try:
            engine = self._begin()
            await self._chronicle.durable(self._opened)
        except BaseException:
            self._release()
            raise
        self._engine = engine
        callers = (*self._workers.values(), *self._judges.values(), self._planner)
        share(each.chat for each in callers if isinstance(each, Caller))
        if self._record_calls:
            self._calls.enter_context(recorded(callers, self._journal))
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._group.start_soon(engine.run)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the market; a run that ends by an exception, or before its tasks, can be resumed."""
        engine = self._engine
        try:
            self._group.cancel_scope.cancel()
            await self._group.__aexit__(None, None, None)
        finally:
            try:
                await dismiss(self._closing(), self._market)
            finally:
                try:
                    if kind is None and engine is not None and engine.error is None and engine.idle:
                        await self._close(engine)
                finally:
                    self._calls.close()
                    self._release()

    async def _close(self, engine: Engine) -> None:
        """Close the run, unless somebody is on hold until a person has decided."""
        found: Mapping[WorkerId, str] = {}
        if self._guards is not None and self._guards.review and self.journal_path is not None:
            await self._chronicle.durable()
            found = suspects(self.journal_path)
        if conclude(self._market, engine.announced, found):
            self._chronicle.note(engine.closing)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call the listener with every event from now on; all of them if set before entering."""
        self._listeners.append(listener)
        if self._engine is not None:
            self._chronicle.listen(listener)

    def _running(self) -> Engine:
        engine = self._engine
        if engine is not None:
            engine.check()
        if engine is None or engine.stopped:
            raise RuntimeError("the market is not open: use it inside its `async with` block")
        return engine

    def _open_journal(self) -> tuple[Journal, "Record | None"]:
        return open_journal(self.journal_path, resume=self._resume)

    def _begin(self) -> Engine:
        """Open the run, or take it up where it was left."""
        record = self._record
        forked = origin_of(record)
        if record is not None:
            fold(self.ledger, record, forked)
        self._chronicle = Chronicle(self._journal, self.ledger, record)
        for listener in (*self._listeners, *watchers()):
            self._chronicle.listen(listener)
        resumed = self.journal_path if record is not None else None
        opening = descended(self.opening, forked)
        self._opened = note_opening(self._chronicle, opening, resumed, _in_full)
        self._market = Market(
            *(self._chronicle, self._mechanism, self._workers, self._seed, self._limits),
            budget=Budget(self._budget),
            peers=self._peers,
            judges=self._judges,
            caps=Caps(self._budgets),
            guarded=self._guards,
            rulings=None if self.journal_path is None else VerdictFile.beside(self.journal_path),
        )
        inherit(self._market, forked)
        self._market.quarantines = note_quarantines(self._chronicle)
        return Engine(self._market, *given(record))

    def _release(self) -> None:
        if self._record is not None:
            self._record.close()
        self._journal.close()

    def _closing(self) -> list[Closing]:
        """Return who holds something that is to be released."""
        closing: list[Closing] = [(each.name, each.aclose) for each in self._workers.values()]
        closing += [("", judge.aclose) for judge in self._judges.values()]
        return closing if self._planner is None else [*closing, ("", self._planner.aclose)]


def _in_full(opened: RunOpened) -> RunOpened:
    from orchestrator.recorded_config import in_full

    return in_full(opened)
