"""What the budgets of workers and kinds of task leave to the awards of one announcement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.auction.execution import Ending, Execution
from orchestrator.market import Market
from orchestrator.memory.caps import Charge
from protocols.messages import Bid, Lot, Rejection
from protocols.units import ZERO, Money, TaskId


class Allowance:
    """Passes bids over that no cap has room for, and counts what the awards commit and cost.

    Args:
        market: The run; its caps say what single workers and kinds may still cost.
        lots: What is put up.
        judging: The most that judging an answer may cost, by lot.
    """

    def __init__(
        self, market: Market, lots: Mapping[TaskId, Lot], judging: Mapping[TaskId, Money]
    ) -> None:
        self._market, self._caps = market, market.caps
        self._lots, self._judging = lots, judging
        self._committed: list[Charge] = []
        self._withheld: dict[TaskId, list[Rejection]] = {}
        self._shortages: dict[TaskId, list[list[Charge]]] = {}

    @property
    def withheld(self) -> tuple[Rejection, ...]:
        """The bids that were passed over, with the reasons."""
        return tuple([each for some in self._withheld.values() for each in some])

    def considered(self, bids: Iterable[Bid]) -> Sequence[Bid]:
        """Return the bids that there is room for; the mechanism does not see the others."""
        if not self._caps.capped:
            return tuple(bids)
        return [bid for bid in bids if not self._withhold(bid)]

    def why_unsold(self, task: TaskId) -> tuple[str, Money] | None:
        """Return why a lot had no bid that counts, and what the least of them would have needed."""
        withheld = self._withheld.get(task)
        if withheld is None:
            return None
        need = min(amount for charges in self._shortages[task] for _, _, amount in charges)
        return "; ".join(dict.fromkeys(each.reason for each in withheld)), Money(need)

    def short(self, execution: Execution, bids: Iterable[Bid]) -> str | None:
        """Return which cap has no room for an award, if one has not."""
        reason = self._caps.short(execution.charges) if self._caps.capped else None
        if reason is not None:
            task = execution.award.task
            passed_over = {worker for worker, _, _ in execution.charges}
            passed_over |= {each.worker for each in self._withheld.get(task, ())}
            shortages = self._shortages.setdefault(task, [])
            shortages.append(execution.charges)
            if any(bid.task == task and bid.worker not in passed_over for bid in bids):
                shortages.append([(None, execution.lot.kind, execution.held)])
        return reason

    def commit(self, execution: Execution) -> None:
        """Take out what an award, and all that may follow it, can cost."""
        if self._caps.capped:
            self._caps.take(execution.charges)
            self._committed += execution.charges

    def may_be_funded(self, ending: Ending) -> bool:
        """Whether there is room now for a lot that had none, for the same worker or for others."""
        if ending.need is None or not self._market.budget.has_room(ending.need):
            return False
        shortages = self._shortages.get(ending.lot.task)
        return shortages is None or any(map(self._caps.has_room, shortages))

    def close(self, endings: Iterable[Ending]) -> None:
        """Give back what was committed and not spent."""
        if not self._caps.capped:
            return
        self._caps.take(self._spent(endings))
        self._caps.take([(worker, kind, -amount) for worker, kind, amount in self._committed])

    def _spent(self, endings: Iterable[Ending]) -> Iterator[Charge]:
        for ending in endings:
            for each in (*ending.before, ending):
                if each.award is not None:
                    yield each.award.worker, each.lot.kind, each.spent

    def _withhold(self, bid: Bid) -> bool:
        lot, participant = self._lots[bid.task], self._market.workers[bid.worker].participant
        need = bid.cost if bid.ceiling is None or participant.payable else bid.ceiling
        need = Money(need + self._judging.get(bid.task, ZERO))
        charges: list[Charge] = [(bid.worker, lot.kind, need)]
        reason = self._caps.short(charges)
        if reason is None:
            return False
        self._shortages.setdefault(bid.task, []).append(charges)
        self._withheld.setdefault(bid.task, []).append(
            Rejection(
                announcement=bid.announcement, task=bid.task, worker=bid.worker, reason=reason
            )
        )
        return True
