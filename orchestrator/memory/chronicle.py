"""Every event of a run passes here once: recalled from the past, or recorded now.

A resumed run and a replay go through the same steps as a live one. A step whose event is in the
past gets it back instead of doing anything; a step that decides computes its event anew and it
must equal the one in the past. So a run can be taken up at any point, and a replay is a proof.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar, cast

from orchestrator.memory.journal import Journal
from orchestrator.memory.ledger import Ledger
from protocols.events import Event, transfers_of

E = TypeVar("E")
Listener = Callable[[Event], None]


class Past(Protocol):
    """What happened before this process began."""

    def get(self, key: str) -> Event | None:
        """Return the event with this key."""
        ...

    def __len__(self) -> int:
        """Return the number of events."""
        ...


class DivergenceError(Exception):
    """Raised when a recorded decision differs from the one that its inputs lead to.

    Attributes:
        differences: In which fields, one line each.
    """

    def __init__(self, recorded: Event, derived: Event) -> None:
        name = recorded.key.replace("\t", " ")
        fields = _fields("", recorded.model_dump(mode="json"), derived.model_dump(mode="json"))
        self.differences = tuple(
            f"{name}: {field} is {was!r} in the journal, {now!r} by its inputs"
            for field, was, now in fields
        )
        super().__init__(self.differences[0] if self.differences else f"{name}: differs in kind")


def _fields(path: str, recorded: object, derived: object) -> Iterator[tuple[str, object, object]]:
    """Yield the innermost fields in which two values of JSON differ."""
    was, now = _members(recorded), _members(derived)
    if was and now and (isinstance(recorded, dict) or was.keys() == now.keys()):
        for name in was | now:
            yield from _fields(f"{path}.{name}" if path else name, was.get(name), now.get(name))
    elif recorded != derived:
        yield path, recorded, derived


def _members(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if isinstance(value, list):
        return {str(place): one for place, one in enumerate(cast("list[object]", value))}
    return {}


class RecordEndsError(Exception):
    """Raised in a replay when the journal does not say what happened next."""


class Chronicle:
    """The one place where events are recorded, recalled, booked and announced to listeners.

    Args:
        journal: Where new events go.
        ledger: Follows every new event; those of the past are in it already.
        past: Events of an earlier process, for a resumed run or a replay.
        only_recall: Refuse to record anything new: a replay.
    """

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        past: Past | None = None,
        *,
        only_recall: bool = False,
    ) -> None:
        self.ledger = ledger
        self.only_recall = only_recall
        self._journal = journal
        self._past = past
        self._left = len(past) if past is not None else 0
        self._last = 0
        self._recalled: dict[str, Event] = {}
        self._listeners: list[Listener] = []

    @property
    def unseen(self) -> int:
        """How many events of the past have not been passed yet."""
        return self._left

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with every event from now on; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def recall(self, key: str, kind: type[E]) -> E | None:
        """Return the event of the past with this key, if there is one."""
        if self._past is None:
            return None
        event = self._recalled.get(key) or self._past.get(key)
        if event is not None:
            self._recalled[key] = event  # it is noted next, and reading it twice costs
        return event if isinstance(event, kind) else None

    def await_input(self) -> None:
        """Say that an input is needed which the past does not have.

        Raises:
            RecordEndsError: In a replay.
        """
        if self.only_recall:
            raise RecordEndsError

    def note(self, event: Event) -> int:
        """Record an event, or check it against the past; return its number, 0 if recalled.

        A new event is booked first: what the books refuse is never recorded.

        Raises:
            DivergenceError: If the past has another event under the same key.
            RecordEndsError: In a replay, if the past does not have it.
            LedgerError: If it moves money that is not there.
            JournalError: If the journal can no longer be written.
        """
        seq = 0
        if self._past is not None and (recorded := self._look_up(event.key)) is not None:
            if recorded != event:
                raise DivergenceError(recorded, event)
            self._left -= 1
            if not self._left and not self.only_recall:
                self._past = None
        elif self.only_recall:
            raise RecordEndsError
        else:
            if transfers := transfers_of(event):
                self.ledger.apply(transfers)
            seq = self._last = self._journal.append(event)
        for listener in tuple(self._listeners):  # one may stop listening because of this event
            listener(event)
        return seq

    def _look_up(self, key: str) -> Event | None:
        if key in self._recalled:
            return self._recalled.pop(key)
        return self._past.get(key) if self._past is not None else None

    async def durable(self, seq: int | None = None) -> None:
        """Wait until an event, and all before it, is on the disk; until all are if none is given."""
        if seq := self._last if seq is None else seq:
            await self._journal.durable(seq)
