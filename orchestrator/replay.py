"""Goes through a recorded run again, without calling a worker, and compares every decision."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

import anyio

from orchestrator.engine import Engine
from orchestrator.entrance import Entry, given
from orchestrator.guard_settings import guard_settings
from orchestrator.inheritance import inherit
from orchestrator.market import Limits, Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.budget import Budget
from orchestrator.memory.caps import Caps, budget_settings
from orchestrator.memory.chronicle import Chronicle, DivergenceError
from orchestrator.memory.journal import JournalError, Unrecorded
from orchestrator.memory.ledger import Ledger, fund
from orchestrator.memory.opening import note_quarantines, note_resumptions
from orchestrator.memory.record import Record
from orchestrator.peer_settings import peer_settings
from orchestrator.planning.recall import Round, note_planning, rounds
from orchestrator.reviewing import conclude
from protocols.errors import TruthbidError
from protocols.events import RunClosed, RunOpened, TaskAdded
from protocols.messages import Announcement, Award, Lot, Participant
from workers.ports import Submit, Worker


class Replay(NamedTuple):
    """What a replay found.

    Attributes:
        events: How many events the journal has.
        compared: How many of them were derived again, or read as inputs.
        finished: Whether the journal is that of a finished run.
        differences: Where the journal differs from what its inputs lead to; empty if identical.
    """

    events: int
    compared: int
    finished: bool
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether every decision is what its inputs lead to."""
        return not self.differences


class AbsentWorker(Worker):
    """Stands for a worker of a recorded run; it is never called."""

    def __init__(self, participant: Participant) -> None:
        self.participant = participant

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Refuse: the bids of a replay are in its journal."""
        self._refuse()

    async def execute(self, lot: Lot, award: Award) -> NoReturn:
        """Refuse: the answers of a replay are in its journal."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise AssertionError(f"worker {self.name!r} was called in a replay")


def replay(path: Path) -> Replay:
    """Derive every award, contract, score and settlement of a journal again.

    Bids, answers and verdicts are its inputs; everything else is computed anew by the code of this
    version and compared.

    Raises:
        JournalError: If the file cannot be read, or its mechanism was given in code.
    """
    with Record(path) as record:
        return anyio.run(partial(_replay, record))


async def _replay(record: Record) -> Replay:
    opened = record.get("run-opened")
    if not isinstance(opened, RunOpened):
        raise JournalError(f"{record.path}: the run was never opened")
    chronicle = Chronicle(
        Unrecorded(), Ledger(capped=opened.budget is not None), record, only_recall=True
    )
    try:
        market = _market(record, opened, chronicle)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise JournalError(f"{record.path}: its settings cannot be read: {reason}") from error
    closed = chronicle.recall("run-closed", RunClosed) is not None
    differences: tuple[str, ...] = ()
    try:
        funds = () if opened.budget is None else fund(opened.budget)
        chronicle.note(opened.model_copy(update={"transfers": funds}))
        note_resumptions(chronicle)
        note_quarantines(chronicle)
        tasks, cancelled = given(record)
        added = list(tasks)
        engine = Engine(market, added, cancelled)
        await _go_through(engine, market, rounds(record))
        if engine.idle and conclude(market, engine.announced, {}) and closed:
            chronicle.note(engine.closing)
        differences = _left_over(chronicle)
    except DivergenceError as error:
        differences = error.differences
    except TruthbidError as error:
        differences = (f"the journal cannot be followed: {error}",)
    events = len(record)
    return Replay(events, events - chronicle.unseen, closed, differences)


def _entry(event: TaskAdded) -> Entry:
    return Entry(
        event.lot,
        event.needs,
        verify=event.verify,
        copies=event.copies,
        batch=event.batch,
        reads=event.reads,
    )


def _market(record: Record, opened: RunOpened, chronicle: Chronicle) -> Market:
    settings = opened.config["mechanism"]
    if "given" in settings:
        raise JournalError(
            f"{record.path}: the mechanism {settings['name']!r} was given in code; only mechanisms"
            " of the catalog can be replayed"
        )
    mechanism, peers = mechanism_from(settings)[1], peer_settings(opened.config.get("peer"))
    market = Market(
        chronicle=chronicle,
        mechanism=mechanism if peers is None else peers.paid(mechanism),
        workers={each.worker: AbsentWorker(each) for each in opened.participants},
        seed=opened.seed,
        limits=Limits.model_validate(opened.config["limits"]),
        budget=Budget(opened.budget),
        peers=peers,
        caps=Caps(budget_settings(opened.config.get("budgets"))),
        guarded=guard_settings(opened.config.get("guards")),
    )
    inherit(market, opened.forked)
    return market


async def _go_through(engine: Engine, market: Market, planned: Iterable[Round]) -> None:
    """Let the engine run until every task of every round has ended or the record ends."""
    left, to_come = 0, iter(planned)
    async with anyio.create_task_group() as group:

        def end(_: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                begin()

        def begin() -> None:
            nonlocal left
            for one in to_come:
                note_planning(market, one.planning)
                entries = [_entry(event) for event in one.added]
                for entry in entries:
                    entry.on_end = end
                engine.submit(entries)
                left = len(entries)
                if entries:
                    return
            group.cancel_scope.cancel()

        begin()
        if left:
            group.start_soon(engine.run)
    engine.check()


def _left_over(chronicle: Chronicle) -> tuple[str, ...]:
    match chronicle.unseen:
        case 0:
            return ()
        case 1:
            return ("1 event of the journal does not follow from its inputs",)
        case left:
            return (f"{left} events of the journal do not follow from its inputs",)
