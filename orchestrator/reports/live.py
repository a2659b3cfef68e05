"""How far a run is, in a few lines: tasks by state, money, current auctions, rate, time left."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import money_column, plain, plural
from orchestrator.memory.ledger import Ledger
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    Started,
    TaskAdded,
    TaskEnded,
)

if TYPE_CHECKING:
    from protocols.units import AnnouncementId

MOST_AUCTIONS: Final = 4
"""So many current auctions are named."""

_BAR: Final = 28
_HOUR: Final = 3600
_MINUTE: Final = 60


@dataclass(slots=True)
class _Auction:
    lots: int
    phase: str


class Live:
    """A fold over events that can be looked at from another thread; give every event to `note`.

    Args:
        tasks: How many tasks there are, as far as is known before.
        ledger: Read for the money.
        currency: What the units are.
        clock: Tells seconds that never go back.

    >>> from protocols.units import TaskId
    >>> live = Live(4, Ledger(capped=False), "USD", clock=lambda: 0.0)
    >>> live.note(TaskEnded(task=TaskId("t1"), state="solved"))
    >>> live.line()
    '1 of 4 tasks ended (25 %): 1 solved; spent 0.00 USD'
    """

    def __init__(
        self, tasks: int, ledger: Ledger, currency: str, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self.ended = 0
        self._tasks, self._ledger, self._currency = tasks, ledger, plain(currency, 20)
        self._clock, self._began = clock, clock()
        self._added = self._working = self._calls = 0
        self._states: Counter[str] = Counter()
        self._auctions: dict[AnnouncementId, _Auction] = {}

    @property
    def total(self) -> int:
        """How many tasks there are as far as is known."""
        return max(self._tasks, self._added)

    @property
    def elapsed(self) -> float:
        """The seconds since the start."""
        return self._clock() - self._began

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case TaskAdded():
                self._added += 1
            case Announced(announcement=call):
                self._calls += 1
                self._auctions[call.announcement] = _Auction(len(call.lots), "taking bids")
            case BidsClosed():
                self._auctions[event.announcement].phase = "clearing"
            case Allocated(allocation=made):
                self._auctions[made.announcement].phase = "at work"
            case Started() if event.call == 1:
                self._working += 1
            case Finished():
                self._working = max(0, self._working - 1)
            case Closed():
                self._auctions.pop(event.announcement, None)
            case TaskEnded():
                self.ended += 1
                self._states[event.state] += 1
            case _:
                pass  # nothing that is shown

    def lines(self) -> list[str]:
        """Return what a terminal shows."""
        done = round(_BAR * self.ended / self.total) if self.total else 0
        rate = self.ended / self.elapsed if self.elapsed > 0 else 0.0
        speed = f"{rate:,.1f} a second, {_left(self.total - self.ended, rate)}" if rate else ""
        held, spent, left = money_column(
            [self._ledger.held, self._ledger.spending(), self._ledger.available]
        )
        room = f", left {left}" if self._ledger.capped else ""
        return [
            f"tasks     {'━' * done}{'┄' * (_BAR - done)} {self.ended:,} of {self.total:,}  {speed}",
            f"          {self._counts() or 'none ended'}; {plural(self._working, 'call')} under way",
            f"money     reserved {held}, spent {spent}{room} {self._currency}",
            f"auctions  {self._current()}",
        ]

    def line(self) -> str:
        """Return what a log gets."""
        share = f" ({100 * self.ended // self.total} %)" if self.total else ""
        (spent,) = money_column([self._ledger.spending()])
        counts = f": {self._counts()}" if self.ended else ""
        return (
            f"{self.ended:,} of {self.total:,} tasks ended{share}{counts};"
            f" spent {spent} {self._currency}"
        )

    def _counts(self) -> str:
        return ", ".join(f"{count:,} {state}" for state, count in self._states.copy().items())

    def _current(self) -> str:
        current = list(self._auctions.copy().items())  # the run may change it meanwhile
        told = [
            f"{plain(name, 20)} {each.phase} ({plural(each.lots, 'lot')})"
            for name, each in current[:MOST_AUCTIONS]
        ]
        more = len(current) - len(told)
        return ", ".join(told) + (f" and {more} more" if more else "") or f"{self._calls:,} closed"


def _left(tasks: int, rate: float) -> str:
    seconds = round(tasks / rate)
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    clock = (
        f"{hours}:{minutes:02}:{seconds % _MINUTE:02}"
        if hours
        else f"{minutes}:{seconds % _MINUTE:02}"
    )
    return f"{clock} left"
