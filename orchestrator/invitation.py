"""Whom the budget lets us ask for bids, and what asking has cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.market import Market
from orchestrator.memory.ledger import hold, spend, spent
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
        self._asked: Mapping[WorkerId, Worker] = market.workers
        self._promised = 0
        self._ceilings = {name: self._ceiling(market.workers[name]) for name in self._invited()}

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
            return self._asked
        again: dict[WorkerId, Worker] = {}
        for name, ceiling in self._ceilings.items():
            if not ceiling or self._market.can_hold(ceiling):
                again[name] = self._market.workers[name]
                self._promised += ceiling
                self._market.promised += ceiling
        self._asked = again
        return again

    def bill(self, answers: Iterable[Bid | Refusal]) -> tuple[Transfer, ...]:
        """Bill what asking has cost; for an answer that never came, the most that it may have.

        Who was asked in an earlier process, and whose answers are lost, may have been billed for
        that too.
        """
        self._market.promised -= self._promised
        self._promised = 0
        charges = {(each.task, each.worker): each.charge for each in answers}
        costly = {worker for (_, worker), charge in charges.items() if charge}
        transfers: list[Transfer] = []
        for name, ceiling in self._ceilings.items():
            if not (ceiling or name in costly):
                continue
            bill = 0 if self._recorded is None else ceiling
            if (worker := self._asked.get(name)) is not None:
                bill += sum(
                    charges[at] if (at := (lot.task, name)) in charges else worker.bid_ceiling(lot)
                    for lot in self._lots
                    if name not in lot.excluded
                )
            transfers += spend(ceiling, Money(bill), spent(name), "bill")
        return tuple(transfers)

    def _invited(self) -> Iterable[WorkerId]:
        workers, budget = self._market.workers, self._market.budget
        if not budget.capped:
            return workers
        if self._recorded is not None:  # it was found out what the cash sufficed for
            names = [one.worker for one in self._recorded.announcement.participants]
            return [name for name in names if name in workers]
        return self._affordable()

    def _affordable(self) -> Iterator[WorkerId]:
        total = 0
        for name, worker in self._market.workers.items():
            with_this = total + self._ceiling(worker)
            if with_this == total or (
                self._market.budget.has_room(with_this) and self._market.can_hold(with_this)
            ):
                total = with_this
                yield name

    def _ceiling(self, worker: Worker) -> Money:
        """Return what asking a worker about all lots may cost."""
        if type(worker).bid_ceiling is Worker.bid_ceiling or self._market.chronicle.only_recall:
            return ZERO
        asked = [lot for lot in self._lots if worker.name not in lot.excluded]
        return Money(sum(map(worker.bid_ceiling, asked)))
