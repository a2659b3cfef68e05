"""Goes through a recorded run again, without calling a worker, and compares every decision."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

import anyio

from orchestrator.chronicle import Chronicle, DivergenceError
from orchestrator.engine import Engine
from orchestrator.journal import JournalError, Unrecorded
from orchestrator.ledger import Ledger
from orchestrator.market import Limits, Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.record import Record
from protocols.events import Event, RunClosed, RunOpened, RunResumed, TaskAdded
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
    market = _market(record, opened, chronicle)
    closed = chronicle.recall("run-closed", RunClosed)
    differences: tuple[str, ...] = ()
    try:
        chronicle.note(opened)
        _note_resumptions(chronicle)
        await _go_through(Engine(market), list(record.of("task-added", TaskAdded)))
        if closed is not None:
            chronicle.note(closed)
            differences = _left_over(chronicle)
    except DivergenceError as error:
        differences = tuple(_differences(error))
    events = len(record)
    return Replay(events, events - chronicle.unseen, closed is not None, differences)


def _market(record: Record, opened: RunOpened, chronicle: Chronicle) -> Market:
    settings = opened.config["mechanism"]
    if "given" in settings:
        raise JournalError(
            f"{record.path}: the mechanism {settings['name']!r} was given in code; only mechanisms"
            " of the catalog can be replayed"
        )
    return Market(
        chronicle=chronicle,
        mechanism=mechanism_from(settings)[1],
        workers={each.worker: AbsentWorker(each) for each in opened.participants},
        seed=opened.seed,
        limits=Limits.model_validate(opened.config["limits"]),
    )


async def _go_through(engine: Engine, added: list[TaskAdded]) -> None:
    left = len(added)
    over = anyio.Event()

    def end(_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            over.set()

    engine.on_stop.append(over.set)
    async with anyio.create_task_group() as group:
        engine.submit(added, end)
        group.start_soon(engine.run, group)
        if added:
            await over.wait()
        group.cancel_scope.cancel()
    engine.check()


def _note_resumptions(chronicle: Chronicle) -> None:
    times = 1
    while (event := chronicle.recall(f"run-resumed\t{times}", RunResumed)) is not None:
        chronicle.note(event)
        times += 1


def _left_over(chronicle: Chronicle) -> tuple[str, ...]:
    left = chronicle.unseen
    return (f"{left} events of the journal do not follow from its inputs",) if left else ()


def _differences(error: DivergenceError) -> Iterator[str]:
    """Say in which fields a recorded event differs from the derived one."""
    recorded = error.recorded.model_dump(mode="json")
    derived = error.derived.model_dump(mode="json")
    for field, was, now in _fields("", recorded, derived):
        yield f"{_spelled(error.recorded)}: {field} is {was!r} in the journal, {now!r} by its inputs"


def _fields(path: str, recorded: object, derived: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(recorded, dict) and isinstance(derived, dict):
        for name in recorded | derived:
            yield from _fields(
                f"{path}.{name}" if path else name, recorded.get(name), derived.get(name)
            )
    elif isinstance(recorded, list) and isinstance(derived, list) and len(recorded) == len(derived):
        for place, (was, now) in enumerate(zip(recorded, derived, strict=True)):
            yield from _fields(f"{path}.{place}", was, now)
    elif recorded != derived:
        yield path, recorded, derived


def _spelled(event: Event) -> str:
    return event.key.replace("\t", " ")
