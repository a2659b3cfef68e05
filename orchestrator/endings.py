"""The end of a task: noted, passed on to those that need it, and told to whoever waits for it."""

from collections import deque

from orchestrator.agenda import Agenda
from orchestrator.auction.execution import Ending
from orchestrator.cancellation import Cancellations
from orchestrator.entrance import OnEnd
from orchestrator.market import Market
from orchestrator.peers.peer_line import PeerLine
from protocols.events import TaskEnded
from protocols.messages import Result
from protocols.units import TaskId


class Endings:
    """Ends tasks, and with them those that can never start because of that.

    Args:
        market: What the run is made of.
        agenda: The tasks that wait for others.
        cancellations: What one lost task may call off.
        peers: The tasks that are scored together.

    Attributes:
        short_of_cash: Whether some task has ended because there was no cash for it.
    """

    def __init__(
        self, market: Market, agenda: Agenda, cancellations: Cancellations, peers: PeerLine
    ) -> None:
        self.short_of_cash = False
        self._market = market
        self._agenda = agenda
        self._cancellations = cancellations
        self._peers = peers
        self._waiting: dict[TaskId, OnEnd] = {}
        self._ended: list[Ending] = []

    def await_end(self, task: TaskId, on_end: OnEnd) -> None:
        """Have somebody told of the end of a task."""
        self._waiting[task] = on_end

    def end(self, ending: Ending) -> None:
        """End a task, and those that can never start because of it."""
        ending_now = deque([ending])
        while ending_now:
            ending = ending_now.popleft()
            task, state, reason = ending.lot.task, ending.state, ending.reason[:2000]
            self.short_of_cash |= state == "unfunded"
            self._market.chronicle.note(TaskEnded(task=task, state=state, reason=reason))
            self._market.verifiers.pop(task, None)
            self._cancellations.reasons.pop(task, None)
            self._ended.append(ending)
            self._cancellations.note_end(task, state, self._agenda.open)
            answer = ending.report.answer if isinstance(ending.report, Result) else None
            because = f"it needs {task!r}, which is {state}"
            broken = self._agenda.end(task, state, answer)
            ending_now.extend(Ending(lot, "skipped", because) for lot in broken)
            ending_now.extend(self._peers.drop(task))

    def tell(self) -> bool:
        """Tell those who wait for tasks that have ended; return whether any have."""
        ended, self._ended = self._ended, []
        for ending in ended:
            if (on_end := self._waiting.pop(ending.lot.task, None)) is not None:
                on_end(ending)
        return bool(ended)
