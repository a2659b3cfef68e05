"""What a journal, and the workers that can be asked again, say about who would have brought what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from orchestrator.evaluation.decided import limits_of, opening, own_mechanism, turns
from orchestrator.evaluation.off_policy import Qualities
from orchestrator.memory.journal import JournalError
from protocols.decommitment import Cancelled
from protocols.errors import MechanismError
from protocols.events import TaskAdded, TaskEnded

if TYPE_CHECKING:
    from orchestrator.evaluation.decided import Held
    from orchestrator.evaluation.outcomes import Outcomes
    from orchestrator.memory.record import Record
    from protocols.messages import Award
    from protocols.units import Money, TaskId, WorkerId

    Pair = tuple[TaskId, WorkerId]

BY_PEERS: Final = (
    "answers of this run were scored by peers, so what another mechanism would have paid hangs on"
    " answers that nobody gave"
)


class Evidence:
    """Everything that is known about outcomes; read once, for any number of mechanisms.

    Args:
        record: The journal.
        trials: What every bidder would have brought, as far as workers can be asked again.

    Attributes:
        opened: The first event of the run.
        limits: How much at once, how long, how often.
        own: The mechanism of the run, if it is in the catalog.
        needs: What each task needs, in the order in which they entered.
        cancelled: The tasks that were called off.
        ended: The tasks that have ended, however they did.
        rounds: How often each task was announced.
        settled: The outcomes of settled awards as (success, cost), by task and worker.
        qualities: A model of success, from awards that were drawn by lot.
        draws: How many settled awards were drawn by lot.

    Raises:
        JournalError: If the journal cannot be read, or answers were scored by peers.
    """

    def __init__(self, record: Record, trials: Outcomes | None = None) -> None:
        self.opened = opening(record)
        if self.opened.config.get("peer") is not None:
            raise JournalError(f"{record.path}: {BY_PEERS}")
        self.limits = limits_of(self.opened)
        self.own = own_mechanism(self.opened)
        self.needs: dict[TaskId, tuple[TaskId, ...]] = {
            event.lot.task: event.needs for event in record.of(TaskAdded)
        }
        self.cancelled = {event.task for event in record.of(Cancelled)}
        self.ended = {event.task for event in record.of(TaskEnded)}
        self.rounds: Counter[TaskId] = Counter()
        self.settled: dict[Pair, tuple[float, Money]] = {}
        self.qualities = Qualities()
        self.draws = 0
        self._trials = trials
        self._columns = {name: at for at, name in enumerate(trials.workers)} if trials else {}
        for turn in turns(record):
            if turn.held is not None and turn.stage == "announced":
                self.rounds.update(lot.task for lot in turn.held.announcement.lots)
            elif turn.held is not None and turn.stage == "closed":
                self._note(turn.held)

    def _note(self, held: Held) -> None:
        kinds = held.kinds
        for award in held.awards:
            done = held.settlement(award.task, award.worker)
            if done is None:
                continue
            self.settled[award.task, award.worker] = (done.success, done.cost)
            if award.propensity < 1:
                self.draws += 1
                self.qualities.note(award.worker, kinds[award.task], award.task, done.success)

    def trial(self, task: TaskId, worker: WorkerId) -> tuple[float, int] | None:
        """Return success and cost of a worker that can be asked again, if it bid on the task."""
        trials, column = self._trials, self._columns.get(worker)
        if trials is None or column is None or task not in trials.tasks:
            return None
        place = trials.tasks[task] * len(self._columns) + column
        success = trials.successes[place]
        return None if success != success else (success, trials.costs[place])

    def had_a_chance(self, held: Held, award: Award) -> bool:
        """Whether a lot that was drawn might have fallen to the worker of another award.

        It might if the rule of the run gives it the lot where nobody else bids, and the draws
        before it in the same announcement have left it some capacity.
        """
        call, own = held.announcement, self.own
        bids = [bid for bid in held.bids if (bid.task, bid.worker) == (award.task, award.worker)]
        if own is None or not bids or self._used_up(held, award):
            return False
        alone = call.model_copy(update={"lots": (held.lots[award.task],)})
        try:
            return bool(own.clear(alone, bids, {}, self.opened.seed).awards)
        except MechanismError:
            return False

    def _used_up(self, held: Held, award: Award) -> bool:
        capacities = {each.worker: each.capacity for each in held.announcement.participants}
        capacity = capacities.get(award.worker)
        places = {task: place for place, task in enumerate(held.lots)}
        before = [
            each
            for each in held.awards
            if each.worker == award.worker and places[each.task] < places[award.task]
        ]
        return capacity is not None and len(before) >= capacity


def drawn(held: Held, task: TaskId) -> Award | None:
    """Return the award of a lot that was drawn by lot, if it was."""
    awards = [award for award in held.awards if award.task == task]
    return awards[0] if awards and awards[0].propensity < 1 else None
