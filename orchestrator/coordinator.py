"""The embedding API: a market that takes tasks for as long as it is open."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import anyio
from pydantic import BaseModel

from orchestrator.chronicle import Chronicle, Past
from orchestrator.engine import Engine
from orchestrator.execution import Ending
from orchestrator.genesis import genesis
from orchestrator.journal import Journal, JournalError, Unrecorded
from orchestrator.ledger import Ledger
from orchestrator.market import Limits, Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.task import Task, TaskResult, task_result
from protocols.events import Event, RunClosed, RunResumed, TaskAdded
from protocols.mechanism import Mechanism
from protocols.units import TaskId, money
from workers.ports import Verifier, Worker

GRACE_SECONDS = 5.0
"""How long workers may take to release what they hold when a market closes."""


class Coordinator:
    """A market of workers. Enter it as an async context, give it tasks, read the results.

    Args:
        workers: Who may bid; their names must differ.
        mechanism: The name of a mechanism, its settings, or a mechanism.
        budget: The most cash that may be spent, in units of the currency; ``None`` is no cap.
        journal: The file that records the run; ``None`` keeps no record.
        seed: Decides between equals.
        currency: What the units are.
        limits: How much at once, how long, and how often.
        config: What to record as the configuration of the run.
        resume: Go on with the run in the journal file.

    Raises:
        ValueError: If two workers share a name or the mechanism is unknown.

    >>> from workers import FunctionWorker, exact
    >>> async def main() -> str | None:
    ...     fleet = [FunctionWorker("calc", lambda prompt: "391", cost=0, confidence=0.99)]
    ...     async with Coordinator(fleet, budget=2) as market:
    ...         result = await market.run(Task("17 * 23?", value="0.05", verify=exact("391")))
    ...     return result.answer
    >>> anyio.run(main)
    '391'
    """

    def __init__(
        self,
        workers: Iterable[Worker],
        *,
        mechanism: Mechanism | Mapping[str, object] | str = "contingent-vcg",
        budget: Decimal | str | float | None = None,
        journal: Path | str | None = None,
        seed: int = 0,
        currency: str = "USD",
        limits: Limits | None = None,
        config: Mapping[str, Any] | None = None,
        resume: bool = False,
    ) -> None:
        fleet = list(workers)
        by_name = {worker.name: worker for worker in fleet}
        if len(by_name) < len(fleet):
            raise ValueError("two workers share a name")
        settings, rule = mechanism_from(mechanism)
        self.journal_path = Path(journal) if journal is not None else None
        self.ledger = Ledger(capped=budget is not None)
        self._budget = None if budget is None else money(budget)
        self._resume = resume
        self._opening = genesis(
            seed=seed,
            currency=currency,
            budget=self._budget,
            workers=fleet,
            config=dict(config or {}) | {"mechanism": settings},
            limits=limits or Limits(),
        )
        self._limits, self._seed, self._mechanism = limits or Limits(), seed, rule
        self._workers = by_name
        self._listeners: list[Callable[[Event], None]] = []
        self._tasks = 0
        self._unfunded = False

    # Opening and closing --------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        """Open the journal and the market.

        Raises:
            JournalError: If the journal cannot be written, or resumed.
        """
        self._journal, past = self._open_journal()
        self._chronicle = Chronicle(self._journal, self.ledger, past)
        for listener in self._listeners:
            self._chronicle.listen(listener)
        self._chronicle.note(self._opening)
        if past is not None:
            self._note_resumption()
        market = Market(self._chronicle, self._mechanism, self._workers, self._seed, self._limits)
        self._verifiers = market.verifiers
        self._engine = Engine(market)
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._group.start_soon(self._engine.run, self._group)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the market; a run that ends by an exception can be resumed."""
        try:
            self._group.cancel_scope.cancel()
            await self._group.__aexit__(None, None, None)
        finally:
            with anyio.CancelScope(shield=True), anyio.move_on_after(GRACE_SECONDS):
                for worker in self._workers.values():
                    await worker.aclose()
            if kind is None and self._engine.error is None:
                self._chronicle.note(RunClosed(reason="budget" if self._unfunded else "done"))
            self._journal.close()

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call the listener with every event; before entering, so that it misses none."""
        self._listeners.append(listener)

    # Work -----------------------------------------------------------------------------------

    async def run(self, task: Task) -> TaskResult:
        """Have one task done and return how it ended.

        Raises:
            ValueError: If its id is taken or a task that it needs is unknown.
            JournalError: If the journal can no longer be written.
        """
        return (await self.run_all([task]))[0]

    async def run_all(self, tasks: Sequence[Task]) -> list[TaskResult]:
        """Have tasks done and return how each ended, in their order."""
        added = self.admit(tasks)
        results: dict[TaskId, TaskResult] = {}

        def note(ending: Ending) -> None:
            results[ending.lot.task] = task_result(ending)

        await self.complete(added, note)
        return [results[event.lot.task] for event in added]

    async def stream(self, tasks: Sequence[Task]) -> AsyncIterator[Event]:
        """Have tasks done and yield every event of the run until the last of them has ended."""
        send, receive = anyio.create_memory_object_stream[Event | None](float("inf"))
        added = self.admit(tasks)
        left = len(added)

        def end(_: Ending) -> None:
            nonlocal left
            left -= 1
            if not left:
                stop()

        def stop() -> None:
            send.send_nowait(None)

        deafen = self._chronicle.listen(send.send_nowait)
        self._engine.on_stop.append(stop)
        self._engine.submit(added, end)
        try:
            while left and (event := await receive.receive()) is not None:
                yield event
            self._engine.check()
        finally:
            deafen()
            self._engine.on_stop.remove(stop)
            send.close()
            receive.close()

    def admit(self, tasks: Sequence[Task]) -> list[TaskAdded]:
        """Turn tasks into the events by which they enter the run."""
        added: list[TaskAdded] = []
        for task in tasks:
            self._tasks += 1
            lot = task.lot(f"t{self._tasks}")
            needs = tuple(TaskId(need) for need in task.needs)
            added.append(self._engine.stamp(lot, needs, _described(task.verify)))
            if task.verify is not None:
                self._verifiers[lot.task] = task.verify
        self._engine.check_graph(added)
        return added

    async def complete(self, added: Sequence[TaskAdded], on_end: Callable[[Ending], None]) -> None:
        """Wait until all these tasks have ended; ``on_end`` is told of each."""
        left = len(added)
        over = anyio.Event()

        def end(ending: Ending) -> None:
            nonlocal left
            self._unfunded |= ending.state == "unfunded"
            on_end(ending)
            left -= 1
            if not left:
                over.set()

        if not added:
            return
        self._engine.on_stop.append(over.set)
        self._engine.submit(added, end)
        await over.wait()
        self._engine.on_stop.remove(over.set)
        self._engine.check()

    # ----------------------------------------------------------------------------------------

    def _open_journal(self) -> tuple[Journal, Past | None]:
        if self.journal_path is None:
            return Unrecorded(), None
        from orchestrator.record import Record
        from orchestrator.sqlite_journal import SqliteJournal

        clock = time.time  # noqa: TID251 - the one place where the wall clock enters; people read it
        journal = SqliteJournal(self.journal_path, clock, resume=self._resume)
        return journal, Record(self.journal_path) if self._resume else None

    def _note_resumption(self) -> None:
        if self._chronicle.recall("run-closed", RunClosed) is not None:
            raise JournalError(
                f"{self.journal_path}: the run is closed; there is nothing to resume"
            )
        times = 1
        while (earlier := self._chronicle.recall(f"run-resumed\t{times}", RunResumed)) is not None:
            self._chronicle.note(earlier)
            times += 1
        self._chronicle.note(RunResumed(version=self._opening.version, time=times))


def _described(verifier: Verifier | None) -> dict[str, object] | None:
    if verifier is None:
        return None
    if isinstance(verifier, BaseModel):
        return cast("dict[str, object]", verifier.model_dump(mode="json"))
    return {"type": verifier.type}
