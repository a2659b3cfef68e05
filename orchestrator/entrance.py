"""The order in which tasks enter a run: as recorded, then as they come."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from orchestrator.auction.execution import Ending
from protocols.decommitment import Cancelled
from protocols.events import TaskAdded
from protocols.messages import Lot
from protocols.units import TaskId
from workers.ports import Assessor, Verifier
from workers.verifiers.person import AsksPerson, VerdictFile

if TYPE_CHECKING:
    from orchestrator.memory.record import Record

OnEnd = Callable[[Ending], None]


@dataclass(slots=True, eq=False)
class Entry:
    """A task that was given to the market.

    Attributes:
        needs: The tasks that must be solved first.
        verifier: Who judges it; without one it ends unsettled.
        verify: The verifier as data.
        copies: To how many workers of different owners it goes.
        on_end: Told how the task ended.
        batch: Which tasks are scored by peers together; 0 for a task without copies.
        reads: The solved tasks that its prompt quotes.
    """

    lot: Lot
    needs: tuple[TaskId, ...] = ()
    verifier: Verifier | None = None
    verify: Mapping[str, Any] | None = None
    copies: int = 1
    on_end: OnEnd | None = None
    batch: int = 0
    reads: tuple[TaskId, ...] = ()


class Entrance:
    """Holds tasks back until it is their turn.

    A task of the record enters where it did in the earlier process: after as many announcements
    and closings, and after the tasks that came before it. Others enter behind them.

    Args:
        recorded: The tasks of an earlier process, in their order.

    Attributes:
        entered: How many tasks have entered.
    """

    def __init__(self, recorded: Iterable[TaskAdded] = ()) -> None:
        self._recorded = deque((task.lot.task, task.announced, task.closed) for task in recorded)
        # ordered: a plain dict finds its first only behind the places of all that have left
        self._given = OrderedDict[TaskId, Entry]()
        self.entered = 0

    def __contains__(self, task: TaskId) -> bool:
        """Whether a task of this id waits here."""
        return task in self._given

    @property
    def empty(self) -> bool:
        """Whether nobody waits here, and nobody of the record is still to come."""
        return not (self._given or self._recorded)

    @property
    def waiting(self) -> bool:
        """Whether somebody waits here."""
        return bool(self._given)

    def give(self, entry: Entry) -> None:
        """Take a task in hand."""
        self._given[entry.lot.task] = entry

    def lacks(self, announced: int, closed: int) -> bool:
        """Whether a task of the record belongs here that was not given to this process yet."""
        return self._is_due(announced, closed) and self._recorded[0][0] not in self._given

    def next_recorded(self, announced: int, closed: int, *, stuck: bool) -> Entry | None:
        """Return the next task of the record if it is its turn, or if nothing else can happen."""
        if not (self._is_due(announced, closed) or (stuck and self._recorded)):
            return None
        entry = self._given.pop(self._recorded[0][0], None)
        if entry is not None:
            self._recorded.popleft()
            self.entered += 1
        return entry

    def next_new(self) -> Entry | None:
        """Return the next task that no record knows, once all those of the record have entered."""
        if self._recorded or not self._given:
            return None
        self.entered += 1
        return self._given.popitem(last=False)[1]

    def _is_due(self, announced: int, closed: int) -> bool:
        if not self._recorded:
            return False
        _, after_announced, after_closed = self._recorded[0]
        return after_announced <= announced and after_closed <= closed


def check_graph(entries: Sequence[Entry], knows: Callable[[TaskId], bool]) -> None:
    """Check tasks that are about to be submitted to a run, which knows some tasks already.

    Raises:
        ValueError: If an id is taken, a needed task is unknown, or tasks need each other.
    """
    new = {entry.lot.task: entry.needs for entry in entries}
    if len(new) < len(entries):
        raise ValueError("two tasks share an id")
    for task, needs in new.items():
        if knows(task):
            raise ValueError(f"there is a task {task!r} already")
        for need in needs:
            if need not in new and not knows(need):
                raise ValueError(f"task {task!r} needs {need!r}, which is unknown")
    try:
        TopologicalSorter(new).prepare()
    except CycleError as error:
        raise ValueError(f"tasks need each other: {' -> '.join(error.args[1])}") from None


def placed(verifier: Verifier | None, journal: Path | None) -> Verifier | None:
    """Return a verifier; one that waits for a person learns beside which journal verdicts lie."""
    if isinstance(verifier, AsksPerson) and journal is not None:
        return verifier.reading(VerdictFile.beside(journal))
    return verifier


def given(record: "Record | None") -> tuple[Iterable[TaskAdded], Iterable[Cancelled]]:
    """Return what an earlier process was given, each in its order: tasks, and what called them off."""
    if record is None:
        return (), ()
    return record.of(TaskAdded), record.of(Cancelled)


def described(verifier: Verifier | None) -> dict[str, object] | None:
    """Return a verifier as data, for the journal."""
    if verifier is None:
        return None
    form = verifier.described if isinstance(verifier, Assessor) else verifier
    if isinstance(form, BaseModel):
        return cast("dict[str, object]", form.model_dump(mode="json"))
    return {"type": verifier.type}
