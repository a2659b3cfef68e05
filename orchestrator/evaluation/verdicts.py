"""How an award would have ended: as it did, as its worker would do again, or as a draw tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.auction.execution import Ending
from orchestrator.evaluation.evidence import drawn
from orchestrator.evaluation.measures import NOTHING, Measures, expected, measured, payment
from orchestrator.evaluation.off_policy import Term
from protocols.contract import Settlement
from protocols.units import Money
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.agenda import State
    from orchestrator.evaluation.decided import Ended, Held
    from orchestrator.evaluation.evidence import Evidence
    from orchestrator.memory.standings import StandingBook
    from protocols.messages import Announcement, Award, Bid, Lot
    from protocols.units import TaskId, WorkerId

    Bids = Mapping[tuple[TaskId, WorkerId], Bid]

NO_EXPLORATION: Final = "another worker had it, and nothing was drawn by lot (propensity 1)"
NO_CHANCE: Final = "the draw gave this worker no chance"
FALLBACKS: Final = "nobody knows what the fallbacks would have brought"
BOTH_DRAW: Final = "both mechanisms draw by lot, from the same seed, and draw differently"
NOT_SETTLED: Final = "the work of the worker that was drawn was never settled"
CALLED_OFF: Final = "it was called off"
COMPARED: Final = (
    "answers would have been compared one after the other, which nobody does again on paper, not"
    " even by the rule of the run (`truthbid replay` without --mechanism does)"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the awards of one lot end on the path.

    Attributes:
        ending: How the lot ended; ``None`` where that is not known.
        sums: What that came to.
        spent: The cash that it cost, as stated where it is not known.
        term: What a draw says.
        unknown: Why nothing is known.
        worked: Whether work was done.
    """

    ending: Ending | None
    sums: Measures = NOTHING
    spent: int = 0
    term: Term | None = None
    unknown: str | None = None
    worked: bool = False

    @classmethod
    def nobody(cls, lot: Lot, unsold: Mapping[TaskId, str], need: int | None) -> Verdict:
        """Return the end of a lot that nobody won, or that the budget could not bear."""
        state: State = "unsold" if need is None else "unfunded"
        if need is None and lot.task not in unsold:
            return cls(Ending(lot, "cancelled", CALLED_OFF))
        reason = unsold.get(lot.task, "")
        return cls(Ending(lot, state, reason, need=None if need is None else Money(need)))


class _Outcome(NamedTuple):
    success: float
    cost: Money
    extra: int


class Verdicts:
    """Carries awards out on paper.

    Args:
        evidence: What is known about outcomes.
        book: Learns every outcome that is known.
    """

    def __init__(self, evidence: Evidence, book: StandingBook) -> None:
        self._evidence, self._book = evidence, book
        self._solved_at = evidence.limits.solved_at

    def carry_out(
        self, held: Held, lot: Lot, awards: Sequence[Award], bids: Bids, call: Announcement
    ) -> Verdict:
        """Return how the awards of a lot end, those that are reached, in their order."""
        chosen = drawn(held, lot.task)
        first = awards[0]
        if first.stop is not None:
            return self._unknown(COMPARED, first, bids)
        known = self._evidence.trial(lot.task, first.worker) is not None
        if chosen is None or known:
            return self._in_order(held, lot, awards, bids, call)
        if first.propensity < 1:
            if first.worker == chosen.worker:
                return self._in_order(held, lot, awards, bids, call)
            return self._unknown(BOTH_DRAW, first, bids)
        return self._weighed(held, lot, awards, bids, call, chosen)

    # As known -------------------------------------------------------------------------------

    def _in_order(
        self, held: Held, lot: Lot, awards: Sequence[Award], bids: Bids, call: Announcement
    ) -> Verdict:
        """Walk the awards of a lot until one of them succeeds."""
        sums, spent, before = NOTHING, 0, list[Ending]()
        for award in awards:
            ended = held.ended.get((lot.task, award.worker))
            if ended is not None and ended.settlement is None and not ended.set_aside:
                return self._as_it_was(ended, lot, award, sums, spent, before)
            outcome = self._outcome(held, lot, award, bids, call)
            if outcome is None:
                return self._unknown(NO_EXPLORATION, award, bids)
            done = self._settle(lot, award, outcome.success, outcome.cost)
            spent += _cash(done, call) + outcome.extra
            sums = sums.plus(
                measured(lot, award.contract, done.success, done.cost, self._solved_at)
            )
            state: State = "solved" if done.success >= self._solved_at else "failed"
            ending = Ending(lot, state, award=award, before=tuple(before))
            if state == "solved" or award is awards[-1]:
                return Verdict(ending, sums, spent, worked=True)
            before.append(ending)
        raise AssertionError("a lot that was won has an award")

    def _outcome(
        self, held: Held, lot: Lot, award: Award, bids: Bids, call: Announcement
    ) -> _Outcome | None:
        """Return what an award brings: as it did here, as tried, or as it did at another time."""
        ended = held.ended.get((lot.task, award.worker))
        if ended is not None and ended.settlement is not None:
            return _Outcome(ended.settlement.success, ended.settlement.cost, ended.extra)
        found = self._evidence.trial(lot.task, award.worker)
        found = found or self._evidence.settled.get((lot.task, award.worker))
        if found is None:
            return None
        success, cost = found
        bid = bids[lot.task, award.worker]
        if is_payable(call, award.worker):
            cost = min(cost, bid.cost if bid.ceiling is None else bid.ceiling)
        return _Outcome(success, Money(cost), held.judging.get(lot.task, 0))

    def _as_it_was(
        self,
        ended: Ended,
        lot: Lot,
        award: Award,
        sums: Measures,
        spent: int,
        before: Sequence[Ending],
    ) -> Verdict:
        """Return the end of an award without a settlement, as in the run."""
        state: State = "unsettled"
        if ended.lapsed or ended.withdrawn:
            state = "unsold" if ended.lapsed else "cancelled"
        if ended.owed:
            self._book.charge(award.worker, Money(-ended.owed))
        cost = ended.cost or 0
        sums = sums.plus(Measures(cost=cost, paid=ended.owed))
        ending = Ending(lot, state, award=award, before=tuple(before), owed=ended.owed)
        return Verdict(ending, sums, spent + ended.extra, worked=ended.cost is not None)

    def _settle(self, lot: Lot, award: Award, success: float, cost: Money) -> Settlement:
        contract = award.contract
        settlement = Settlement(
            announcement=award.announcement,
            task=lot.task,
            worker=award.worker,
            success=success,
            score=SCORING_RULES[contract.rule].score(contract.report, success),
            payment=Money(round(payment(contract, success, cost))),
            cost=cost,
        )
        self._book.note(lot, award, settlement)
        return settlement

    # As a draw tells ------------------------------------------------------------------------

    def _weighed(
        self,
        held: Held,
        lot: Lot,
        awards: Sequence[Award],
        bids: Bids,
        call: Announcement,
        chosen: Award,
    ) -> Verdict:
        """Return what the draw of a lot says about the award that the path makes instead."""
        award, done = awards[0], held.settlement(lot.task, chosen.worker)
        if done is None:
            return self._unknown(NOT_SETTLED, award, bids)
        if len(awards) > 1:
            return self._unknown(FALLBACKS, award, bids)
        if not self._evidence.had_a_chance(held, award):
            return self._unknown(NO_CHANCE, award, bids)
        cost = bids[lot.task, award.worker].cost
        chance = self._evidence.qualities.chance(award.worker, lot.kind, lot.task)
        model = expected(lot, award.contract, chance, cost)
        if award.worker != chosen.worker:
            return Verdict(None, spent=cost, term=Term(0.0, NOTHING, model), worked=True)
        settled = self._settle(lot, award, done.success, done.cost)
        seen = measured(lot, award.contract, done.success, done.cost, self._solved_at)
        term = Term(1 / chosen.propensity, seen, model)
        return Verdict(None, spent=_cash(settled, call), term=term, worked=True)

    def _unknown(self, reason: str, award: Award, bids: Bids) -> Verdict:
        cost = bids[award.task, award.worker].cost
        return Verdict(None, spent=cost, unknown=reason, worked=True)


def _cash(done: Settlement, call: Announcement) -> int:
    """Return the cash that a settled award costs: the pay of an outsider, else the bill."""
    return max(done.payment, 0) if is_payable(call, done.worker) else done.cost


def is_payable(call: Announcement, worker: WorkerId) -> bool:
    """Return whether a worker is paid in cash."""
    return any(each.payable for each in call.participants if each.worker == worker)
