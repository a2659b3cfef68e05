"""Workers on hold: what puts them there at the end of a run, and what a person decides about them.

A hold takes nothing away and nothing waits for it: others do the work. A run that cannot go on
without somebody on hold stops, and one that has come to its end is not closed; both are resumed once
a person has decided. Decisions are inputs, taken in at fixed points of the run: before an
announcement, where nobody else is left to ask, and at the end.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from orchestrator.market import Market
from orchestrator.memory.chronicle import RecordEndsError
from orchestrator.memory.guards import Word
from protocols.errors import TruthbidError
from protocols.events import Announced
from protocols.guarding import Guarded
from protocols.units import WorkerId

GOES_ON = "a person lets it go on"
ENDS = "a person has decided against it"


class HeldError(TruthbidError):
    """Raised when nobody is left to ask but workers on hold; the run can be resumed.

    Attributes:
        workers: Those that wait for a person.
    """

    def __init__(self, workers: Collection[WorkerId]) -> None:
        self.workers = tuple(sorted(workers))
        names = ", ".join(self.workers)
        super().__init__(f"nobody is left to ask until a person has decided about {names}")


def invite(market: Market, number: int) -> bool:
    """Decide who is invited to the announcement of this number, and fit it to them.

    Returns:
        Whether a person's decision was taken in.
    """
    _hold_again(market, number - 1)
    told = market.guards.open(number, partial(_word, market, number - 1))
    for guarded in told:
        market.chronicle.note(guarded)
    market.fit()
    return any(guarded.step in {"restored", "excluded"} for guarded in told)


def ask_person(market: Market, announced: int) -> None:
    """Take in what people have decided about workers on hold, who alone could be asked.

    Raises:
        HeldError: If nobody has decided anything.
        RecordEndsError: If that is so in a replay.
    """
    if not _hear(market, announced):
        raise RecordEndsError if market.chronicle.only_recall else HeldError(market.guards.held)


def conclude(market: Market, announced: int, found: Mapping[WorkerId, str]) -> bool:
    """Put workers on hold for what was found at the end; return whether the run can be closed.

    Args:
        market: The run, of which all tasks have ended.
        announced: How many announcements have been made.
        found: The findings by worker.
    """
    _hold_again(market, announced)
    for worker, reason in found.items():
        _hold(market, worker, reason, announced)
    _hear(market, announced)
    return not market.guards.held


def suspects(path: Path) -> dict[WorkerId, str]:
    """Return what the screens find in a journal that a person should look at, by worker."""
    from orchestrator.memory.record import Record
    from orchestrator.screening.screens import screen

    found: dict[WorkerId, str] = {}
    with Record(path) as record:
        for each in screen(record).review:
            for worker in each.workers:
                found.setdefault(worker, f"{each.screen}: {each.words}")
    return found


# ----------------------------------------------------------------------------------------------


def _hear(market: Market, announced: int) -> bool:
    """Take in what people have decided after so many announcements; return whether they have."""
    told = market.guards.hear(partial(_word, market, announced), announced)
    for guarded in told:
        market.chronicle.note(guarded)
    return bool(told)


def _hold(market: Market, worker: WorkerId, reason: str, announced: int) -> None:
    if (guarded := market.guards.hold(worker, reason[:2000], announced)) is not None:
        market.chronicle.note(guarded)


def _hold_again(market: Market, announced: int) -> None:
    """Put on hold whom an earlier process has put on hold at what was the end then."""
    for worker, recorded in _recorded(market):
        if recorded.step == "held" and recorded.announced == announced:
            _hold(market, worker, recorded.reason, announced)


def _recorded(market: Market) -> Iterator[tuple[WorkerId, Guarded]]:
    """Yield the next decision about each worker, where the past knows it."""
    if market.guarded is None or not (market.guarded.review and market.chronicle.unseen):
        return
    for worker in market.workers:
        if (recorded := _next(market, worker)) is not None:
            yield worker, recorded


def _next(market: Market, worker: WorkerId) -> Guarded | None:
    key = f"guarded\t{worker}\t{market.guards.decided(worker) + 1}"
    return market.chronicle.recall(key, Guarded)


def _word(market: Market, announced: int, worker: WorkerId, number: int) -> Word | None:
    """Return what a person has decided; nothing new once the past knows what came after."""
    recorded, chronicle = _next(market, worker), market.chronicle
    if recorded is not None:
        if recorded.announced != announced or recorded.step not in {"restored", "excluded"}:
            return None
        return Word(recorded.step == "restored", recorded.reason)
    if chronicle.recall(f"announced\ta{announced + 1}", Announced) is not None:
        return None
    if market.rulings is None or chronicle.only_recall:
        return None
    said = market.rulings.on_worker(worker, number)
    if said is None:
        return None
    begun = GOES_ON if said.goes_on else ENDS
    return Word(said.goes_on, f"{begun}: {said.reason}" if said.reason else begun)
