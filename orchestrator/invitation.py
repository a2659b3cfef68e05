"""Whom the budget lets us ask for bids, and what asking has cost."""

from collections.abc import Iterable, Mapping, Sequence

from orchestrator.ledger import hold, spend, spent
from orchestrator.market import Market
from protocols.contract import Transfer
from protocols.events import Announced
from protocols.messages import Bid, Lot, Participant, Refusal
from protocols.units import ZERO, Money, WorkerId
from workers.ports import Worker


class Invitation:
    """The workers that one announcement asks; each may say beforehand what asking it can cost.

    That is held before it is asked, and billed when the bidding closes. Who would exceed the budget
    is not invited. In a replay it is an input, like the bids.

    Args:
        market: The run.
        lots: What is put up.
        recorded: The announcement, if an earlier process made it.
    """

    def __init__(self, market: Market, lots: Sequence[Lot], recorded: Announced | None) -> None:
        self._market = market
        self._lots = lots
        self._recorded = recorded
        self._ceilings: dict[WorkerId, Money] = {}
        if recorded is not None and market.chronicle.only_recall and market.budget.capped:
            names = [one.worker for one in recorded.announcement.participants]
            self._ceilings = {name: ZERO for name in names if name in market.workers}
        else:
            self._invite()

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Those who are invited, in the order of the run."""
        workers = self._market.workers
        return tuple([workers[name].participant for name in self._ceilings])

    @property
    def complete(self) -> bool:
        """Whether nobody had to be left out."""
        return len(self._ceilings) == len(self._market.workers)

    def hold(self) -> tuple[Transfer, ...]:
        """Return what holds the money that asking may cost."""
        if self._recorded is not None and self._market.chronicle.only_recall:
            return self._recorded.transfers
        return tuple([move for ceiling in self._ceilings.values() for move in hold(ceiling)])

    def workers(self) -> Mapping[WorkerId, Worker]:
        """Return whom to ask now: after a crash, only those whom the budget can bear once more."""
        if self._recorded is None:
            return self._market.workers
        total, ledger = 0, self._market.chronicle.ledger
        again: dict[WorkerId, Worker] = {}
        for name, ceiling in self._ceilings.items():
            if not ceiling or ledger.has_room(Money(total + ceiling)):
                again[name] = self._market.workers[name]
                total += ceiling
        return again

    def bill(self, answers: Iterable[Bid | Refusal]) -> tuple[Transfer, ...]:
        """Bill what asking has cost; for an answer that never came, the most that it may have.

        Who was asked in an earlier process, and whose answers are lost, may have been billed for
        that too.
        """
        charges = {(each.task, each.worker): each.charge for each in answers}
        costly = {worker for (_, worker), charge in charges.items() if charge}
        transfers: list[Transfer] = []
        for name, ceiling in self._ceilings.items():
            if not (ceiling or name in costly):
                continue
            worker = self._market.workers[name]
            bill: int = sum(
                charges.get((lot.task, name), worker.bid_ceiling(lot))
                for lot in self._lots
                if name not in lot.excluded
            )
            if self._recorded is not None:
                bill += ceiling
            transfers += spend(ceiling, Money(bill), spent(name), "bill")
        return tuple(transfers)

    def _invite(self) -> None:
        total, budget = 0, self._market.budget
        for name, worker in self._market.workers.items():
            if type(worker).bid_ceiling is Worker.bid_ceiling:  # asking costs nothing
                self._ceilings[name] = ZERO
                continue
            ceiling = sum(worker.bid_ceiling(lot) for lot in self._lots if name not in lot.excluded)
            if not ceiling or budget.has_room(total + ceiling):
                self._ceilings[name] = Money(ceiling)
                total += ceiling
