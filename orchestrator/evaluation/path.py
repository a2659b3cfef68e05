"""The path that a run would have taken by another mechanism, on the same bids.

The announcements of the journal are gone through in order. What the path decides follows from the
bids of the journal and from standings, budget and failures of its own. A task that it leaves
unsolved where the run had solved it is put up again, with the last bids of those that have not
failed at it. Where it gives work to somebody whose outcome nobody knows, it stops for that task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.auction.further_rounds import next_lot
from orchestrator.evaluation.decided import Held
from orchestrator.evaluation.measures import NOTHING, Measures
from orchestrator.evaluation.verdicts import Verdict, Verdicts, is_payable
from orchestrator.memory.budget import Budget
from orchestrator.memory.standings import standing_book
from orchestrator.peer_settings import highest_score
from protocols.errors import MechanismError
from protocols.units import AnnouncementId, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.evaluation.decided import Turn
    from orchestrator.evaluation.evidence import Evidence
    from orchestrator.evaluation.off_policy import Term
    from protocols.mechanism import Mechanism, Standings
    from protocols.messages import Announcement, Award, Bid, Lot
    from protocols.units import TaskId, WorkerId

NEVER_ANNOUNCED: Final = "it was never announced in the run, so nobody has bid on it"
HANGS: Final = "it needs a task whose outcome is not known"
CANNOT_CLEAR: Final = "the mechanism cannot clear the announcement"


@dataclass(slots=True)
class Fate:
    """What becomes of one task on the path.

    Attributes:
        lot: How it is put up next; ``None`` once it has ended.
        state: How it ended; ``None`` if it has not, or nobody can know.
        sums: What it came to, as far as that is known.
        term: What a draw says of its last award, where that is all that is known.
        actual: What the run had got from it when that draw was over; what came later is left out.
        unknown: Why nobody can know what it came to.
    """

    lot: Lot | None
    state: str | None = None
    sums: Measures = NOTHING
    term: Term | None = None
    actual: Measures | None = None
    unknown: str | None = None


@dataclass(slots=True)
class _Round:
    """One announcement on the path."""

    held: Held
    call: Announcement
    standings: Standings
    awards: dict[TaskId, list[Award]]
    bids: dict[tuple[TaskId, WorkerId], Bid]
    needs: dict[TaskId, int]
    unsold: dict[TaskId, str]
    committed: int = 0


class Path:
    """Goes through the announcements of a journal by another mechanism.

    Give every turn of the journal to `take`, then call `finish`.

    Args:
        mechanism: The other mechanism, or that of the run.
        evidence: What is known about outcomes.
        budget: The most cash; ``None`` is no cap.

    Attributes:
        fates: What becomes of each task.
        uncleared: How many announcements the mechanism could not clear.
    """

    def __init__(self, mechanism: Mechanism, evidence: Evidence, budget: Money | None) -> None:
        self.fates: dict[TaskId, Fate] = {}
        self.uncleared = 0
        self._mechanism, self._evidence = mechanism, evidence
        self._budget = Budget(budget)
        self._book = standing_book(mechanism, evidence.limits.announcements)
        self._verdicts = Verdicts(evidence, self._book)
        self._open: dict[AnnouncementId, _Round] = {}
        self._bids: dict[TaskId, dict[WorkerId, Bid]] = {}
        self._to_come = evidence.rounds.copy()
        self._queue: list[TaskId] = []
        self._last: Announcement | None = None

    def take(self, turn: Turn, actual: dict[TaskId, Measures]) -> None:
        """Take one turn of the journal.

        Args:
            turn: The turn.
            actual: What the run has got from each task so far, this turn included.
        """
        held = turn.held
        if held is None:
            self._budget.take(turn.amount)
        elif turn.stage == "announced":
            self._announce(held)
        elif turn.stage == "decided":
            self._decide(held)
        elif turn.stage == "closed":
            self._close(held, actual)

    def finish(self, actual: dict[TaskId, Measures]) -> None:
        """Put up what is left, and say what became of tasks that were never announced."""
        number = 0
        while self._last is not None and (lots := self._take_queued(self._evidence.limits.batch)):
            number += 1
            name = AnnouncementId(f"{self._last.announcement}+{number}")
            held = Held(self._last.model_copy(update={"announcement": name, "lots": ()}))
            self._open_round(held, lots)
            self._decide(held)
            self._close(held, actual)
        for task in self._queue:
            self.fates[task].unknown = HANGS
        for task in self._evidence.needs:
            if task not in self.fates and task not in self._evidence.cancelled:
                fate = self.fates[task] = Fate(None)
                self._settle_needs(task, fate)
                if fate.state is None:
                    fate.unknown = fate.unknown or NEVER_ANNOUNCED

    # Announcing -----------------------------------------------------------------------------

    def _announce(self, held: Held) -> None:
        lots = [lot for each in held.announcement.lots if (lot := self._put_up(each)) is not None]
        lots += self._take_queued(self._evidence.limits.batch - len(lots))
        self._last = held.announcement
        self._open_round(held, lots)

    def _open_round(self, held: Held, lots: Sequence[Lot]) -> None:
        call = held.announcement.model_copy(update={"lots": tuple(lots)})
        standings = self._book.open(call)
        self._open[call.announcement] = _Round(held, call, standings, {}, {}, {}, {})
        self._budget.take(held.asking)

    def _put_up(self, lot: Lot) -> Lot | None:
        """Return a lot of the journal as the path puts it up, if it does."""
        task = lot.task
        self._to_come[task] -= 1
        fate = self.fates.get(task)
        if fate is None:
            fate = self.fates[task] = Fate(lot)
        if self._settle_needs(task, fate):
            return fate.lot
        if fate.lot is not None and task not in self._queue:
            self._queue.append(task)
        return None

    def _settle_needs(self, task: TaskId, fate: Fate) -> bool:
        """Return whether everything that a task needs is solved; end it if that cannot be."""
        waits = False
        for need in self._evidence.needs.get(task, ()):
            other = self.fates.get(need)
            if need in self._evidence.cancelled or (
                other is not None and other.state not in {None, "solved"}
            ):
                fate.lot, fate.state = None, "skipped"
                return False
            if other is None or other.term is not None or other.unknown is not None:
                fate.lot, fate.unknown = None, HANGS
                return False
            waits |= other.state is None
        return not waits

    def _take_queued(self, most: int) -> list[Lot]:
        """Return lots that wait to be put up without the journal."""
        lots: list[Lot] = []
        for task in tuple(self._queue):
            fate = self.fates[task]
            ready = self._settle_needs(task, fate)
            if fate.lot is None:
                self._queue.remove(task)
            elif ready and task in self._bids and len(lots) < most:
                self._queue.remove(task)
                lots.append(fate.lot)
        return lots

    # Deciding -------------------------------------------------------------------------------

    def _decide(self, held: Held) -> None:
        for bid in held.bids:
            self._bids.setdefault(bid.task, {})[bid.worker] = bid
        self._budget.take(held.asked - held.asking)
        round_ = self._open[held.announcement.announcement]
        lots = tuple(lot for lot in round_.call.lots if lot.task not in held.called_off)
        call = round_.call.model_copy(update={"lots": lots})
        bids = [bid for lot in lots for bid in self._bids_on(held, lot)]
        round_.bids = {(bid.task, bid.worker): bid for bid in bids}
        if not lots:
            return
        seed = self._evidence.opened.seed
        try:
            allocation = self._mechanism.clear(call, bids, round_.standings, seed)
        except MechanismError:
            self.uncleared += 1
            round_.unsold = {lot.task: CANNOT_CLEAR for lot in lots}
            return
        round_.unsold = {each.task: each.reason for each in allocation.unsold}
        for award in allocation.awards:
            round_.awards.setdefault(award.task, []).append(award)
        self._fund(round_)

    def _bids_on(self, held: Held, lot: Lot) -> Iterable[Bid]:
        """Yield the bids on a lot: those made on it now, else the last of who may do it."""
        theirs = held.lots.get(lot.task)
        asked_now = {bid.worker for bid in held.bids if bid.task == lot.task}
        name = held.announcement.announcement
        for worker, bid in self._bids.get(lot.task, {}).items():
            shut_out = theirs is None or worker in theirs.excluded
            if worker not in lot.excluded and (worker in asked_now or shut_out):
                yield (
                    bid
                    if bid.announcement == name
                    else bid.model_copy(update={"announcement": name})
                )

    def _fund(self, round_: _Round) -> None:
        for task, awards in tuple(round_.awards.items()):
            amount = sum(self._commitment(round_, award) for award in awards)
            if self._budget.has_room(amount):
                self._budget.take(amount)
                round_.committed += amount
            else:
                del round_.awards[task]
                round_.needs[task] = amount

    def _commitment(self, round_: _Round, award: Award) -> int:
        """Return the most cash that an award can cost, with the judging of its answer."""
        bid = round_.bids[award.task, award.worker]
        ceiling = bid.cost if bid.ceiling is None else bid.ceiling
        judging = round_.held.judging.get(award.task, 0)
        if not is_payable(round_.call, award.worker):
            return ceiling + judging
        best = highest_score(award.contract.rule)
        pay = [award.contract.pay(success, ceiling, best) for success in (0.0, 1.0)]
        withdrawal = next(lot.withdrawal for lot in round_.call.lots if lot.task == award.task)
        return max(withdrawal, *pay) + judging

    # Closing --------------------------------------------------------------------------------

    def _close(self, held: Held, actual: dict[TaskId, Measures]) -> None:
        round_ = self._open.pop(held.announcement.announcement)
        endings: list[tuple[Lot, Verdict | None]] = []
        spent = 0
        for lot in round_.call.lots:
            awards = round_.awards.get(lot.task)
            verdict = None
            if awards is not None:
                verdict = self._verdicts.carry_out(held, lot, awards, round_.bids, round_.call)
                spent += verdict.spent
            endings.append((lot, verdict))
        self._book.close()
        self._budget.take(spent - round_.committed)
        worked = any(verdict is not None and verdict.worked for _, verdict in endings)
        for lot, verdict in endings:
            self._end(round_, lot, verdict, actual, worked=worked)

    def _end(
        self,
        round_: _Round,
        lot: Lot,
        verdict: Verdict | None,
        actual: dict[TaskId, Measures],
        *,
        worked: bool,
    ) -> None:
        """Note how a lot ended, and whether it is put up again."""
        fate = self.fates[lot.task]
        if verdict is None:
            verdict = Verdict.nobody(lot, round_.unsold, round_.needs.get(lot.task))
        fate.sums = fate.sums.plus(verdict.sums)
        fate.lot = None
        if verdict.term is not None:
            fate.term, fate.actual = verdict.term, actual.get(lot.task, NOTHING)
        elif verdict.ending is None:
            fate.unknown = verdict.unknown
        else:
            need = verdict.ending.need
            funds = need is not None and (
                self._budget.has_room(need) or any(each.committed for each in self._open.values())
            )
            name = round_.call.announcement
            if lot.task not in self._evidence.cancelled or self._to_come[lot.task]:
                fate.lot = next_lot(
                    verdict.ending, name, self._evidence.limits, worked=worked, funds=funds
                )
            if fate.lot is None:
                fate.state = verdict.ending.state
            elif not self._to_come[lot.task]:
                self._queue.append(lot.task)
