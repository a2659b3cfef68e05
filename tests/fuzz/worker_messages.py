"""Messages of workers: a run in which one of two workers says anything at all.

Beside what every target asks: the other worker's bids count, each task ends, the books balance after
every event, and the journal is sound and can be replayed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Literal, NamedTuple, cast

from hypothesis import strategies as st

from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task
from orchestrator.verification import verify
from protocols.catalog import MECHANISMS
from protocols.errors import LedgerError, MechanismError
from protocols.events import Announced, BidsClosed
from protocols.frozen import Frozen
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    NotUnderstood,
    Outcome,
    Participant,
    Refusal,
    Result,
)
from protocols.units import WorkerId
from tests.fuzz.mutation import odd_values
from tests.fuzz.target import Target, file
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, virtually
from workers.ports import Submit, Worker
from workers.verifiers import Exact

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "optimal": {"sample": ["0.004", "0.009", "0.012"]},
    "budget-feasible": {"budget": "0.1"},
}
"""What mechanisms cannot do without."""

_TASKS: Final = 2
_KINDS: Final[dict[str, type[Frozen]]] = {
    kind.__name__: kind for kind in (Bid, Refusal, NotUnderstood, Result, Failure, Outcome)
}
_PROPER: Final[dict[str, Any]] = {
    "cost": 5,
    "probability": 0.9,
    "answer": "right",
    "reason": "no",
    "success": 1.0,
    "verifier": "exact",
}
_ERRORS: Final[tuple[type[BaseException], ...]] = (
    *(ValueError, KeyError, RecursionError, MemoryError, SystemExit, StopIteration, TimeoutError),
    *(OSError, JournalError, LedgerError, MechanismError, StopAsyncIteration, AssertionError),
)
_DEEP: Final = "10,000 lists, each in the next"


class Deed(NamedTuple):
    """One thing that a worker says, or does instead.

    Attributes:
        kind: The class of the message.
        way: How it is made: checked, past the checks, as a class of the worker's own, as anything
            but a message, or not at all, as an exception is raised.
        fields: What is said in its fields.
        what: What is said instead of a message.
        error: What is raised.
    """

    kind: str
    way: Literal["proper", "copy", "construct", "own", "raw", "raise"]
    fields: dict[str, Any]
    what: Any
    error: type[BaseException]

    def said(self, call: str, lot: Lot, worker: str) -> Any:
        """Return the message, or raise."""
        kind = _KINDS[self.kind]
        about = {"announcement": call, "task": lot.task, "worker": worker}
        proper = {name: _PROPER[name] for name in kind.model_fields if name in _PROPER}
        fields = {name: _deep() if said == _DEEP else said for name, said in self.fields.items()}
        match self.way:
            case "proper":
                return kind(**(about | proper))
            case "copy":
                return kind(**(about | proper)).model_copy(update=fields)
            case "construct":
                return kind.model_construct(None, **(about | proper | fields))
            case "own":
                own = cast("type[Frozen]", type(self.kind, (kind,), {"cost": fields.get("cost")}))
                return own.model_construct(None, **(about | proper | fields))
            case "raw":
                return self.what
            case "raise":
                raise self.error(str(self.what)[:3_000])


def _deep() -> object:
    nested: object = 0
    for _ in range(10_000):
        nested = [nested]
    return nested


class Anything(Worker):
    """Says and does what it was told.

    Args:
        bids: What it says of each lot.
        works: How it ends work, one after the other.
        instant: Whether it answers without waiting.
        confirms: What it says when it is asked whether it takes an award up; nobody asks if ``...``.
    """

    def __init__(
        self, bids: Sequence[Deed], works: Sequence[Deed], *, instant: bool, confirms: Any
    ) -> None:
        self.participant = Participant(worker=WorkerId("any"))
        self.instant = instant
        self.confirms = confirms is not ...
        self._bids, self._works, self._confirms = bids, list(works), confirms

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Say everything of every lot, invited or not."""
        for lot in announcement.lots:
            for deed in self._bids:
                submit(deed.said(announcement.announcement, lot, self.name))

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Say anything."""
        del lot, award
        return cast("bool", self._confirms)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """End the work."""
        deed = self._works.pop(0) if len(self._works) > 1 else self._works[0]
        return cast("Result | Failure", deed.said(award.announcement, lot, self.name))


class Scene(NamedTuple):
    """What the worker does, and in which market."""

    mechanism: str
    bids: list[Deed]
    works: list[Deed]
    instant: bool
    confirms: Any


def take(scene: Scene) -> None:
    """Let the worker do it all."""
    settings = {"name": scene.mechanism, **SETTINGS.get(scene.mechanism, {})}
    wild = Anything(scene.bids, scene.works, instant=scene.instant, confirms=scene.confirms)
    market = Kin([wild, Paced("good", cost=8_000_000)], mechanism=settings)
    virtually(partial(_run, market))
    assert len(market.state()) == _TASKS
    asked = {
        (call.announcement.announcement, lot.task)
        for call in market.of(Announced)
        for lot in call.announcement.lots
        if "good" not in lot.excluded
    }
    counted = {
        (closed.announcement, bid.task)
        for closed in market.of(BidsClosed)
        for bid in closed.bids
        if bid.worker == "good"
    }
    assert counted == asked
    path = file("run.db", b"")
    path.unlink()
    with Record(write(path, market.events)) as record:
        assert verify(record).problems == ()
    assert replay(path).differences == ()


async def _run(market: Kin) -> None:
    async with market:
        await market.run_all(
            [
                Task("p", value="0.05", verify=Exact(answer=("right",)), id=f"t{number}")
                for number in range(_TASKS)
            ]
        )


_NAMES: Final = sorted({name for kind in _KINDS.values() for name in kind.model_fields} | {"more"})
_SAID: Final = odd_values() | st.sampled_from([_DEEP, "good", "t0", "t1", "a1", 3, 0.99])


def _deeds(kinds: Sequence[str]) -> st.SearchStrategy[Deed]:
    return st.builds(
        Deed,
        st.sampled_from([*kinds, *kinds, *_KINDS]),
        st.sampled_from(["proper", "copy", "copy", "construct", "own", "raw", "raise"]),
        st.dictionaries(st.sampled_from(_NAMES), _SAID, max_size=3),
        _SAID,
        st.sampled_from(_ERRORS),
    )


MESSAGES: Final = Target(
    "messages",
    st.builds(
        Scene,
        st.sampled_from(list(MECHANISMS)),
        st.lists(_deeds(["Bid", "Refusal"]), max_size=4),
        st.lists(_deeds(["Result", "Failure"]), min_size=1, max_size=3),
        st.booleans(),
        st.just(...) | _SAID,
    ),
    take,
)
