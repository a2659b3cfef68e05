"""Whom the guards and the budget let us ask for bids, and what asking has cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.market import Market
from orchestrator.memory.caps import Charge
from orchestrator.memory.ledger import hold, spend, spent
from protocols.contract import Transfer
from protocols.events import Announced
from protocols.messages import Bid, Lot, Participant, Refusal
from protocols.units import ZERO, Money, WorkerId
from workers.ports import Worker

NO_ROOM = "the budget has no room for asking"


class Invitation:
    """The workers that one announcement asks; each may say beforehand what asking it can cost.

    That is held before it is asked, and billed when the bidding closes. Who would exceed the budget
    is not invited; in a replay that is an input, like the bids.

    Args:
        market: The run.
        lots: What is put up.
        recorded: The announcement, if an earlier process made it.
    """

    def __init__(self, market: Market, lots: Sequence[Lot], recorded: Announced | None) -> None:
        self._market = market
        self._lots = lots
        self._recorded = recorded
        self._roster = market.guards.roster
        self._asked: Mapping[WorkerId, Worker] = {
            name: market.workers[name] for name in self._roster
        }
        self._promised = 0
        self._ceilings = dict(self._invited())

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Those who are invited, in the order of the run."""
        return tuple([self._roster[name] for name in self._ceilings])

    @property
    def complete(self) -> bool:
        """Whether the budget left nobody out."""
        return len(self._ceilings) == len(self._roster)

    @property
    def short(self) -> str:
        """Why somebody was left out, in words."""
        if not self._market.caps.capped:
            return NO_ROOM
        names = ", ".join(repr(name) for name in self._roster if name not in self._ceilings)
        return f"no budget has room for asking {names}"

    @property
    def charges(self) -> list[Charge]:
        """What asking may cost, by worker."""
        return [self._charge(name, ceiling) for name, ceiling in self._ceilings.items() if ceiling]

    def hold(self) -> tuple[Transfer, ...]:
        """Return what holds the money that asking may cost."""
        if self._recorded is not None and self._market.chronicle.only_recall:
            return self._recorded.transfers
        return tuple([move for ceiling in self._ceilings.values() for move in hold(ceiling)])

    def workers(self) -> Mapping[WorkerId, Worker]:
        """Return whom to ask now: after a crash, only those whom the budget can bear once more."""
        stuck = self._market.quarantined
        if self._recorded is None:
            if stuck:
                self._asked = {
                    name: each for name, each in self._asked.items() if name not in stuck
                }
            return self._asked
        again: dict[WorkerId, Worker] = {}
        for name, ceiling in self._ceilings.items():
            if name not in stuck and (not ceiling or self._market.can_hold(ceiling)):
                again[name] = self._market.workers[name]
                self._promised += ceiling
                self._market.promised += ceiling
        self._asked = again
        return again

    def billed(self, transfers: Iterable[Transfer]) -> list[Charge]:
        """Return by worker what the bill of the asking is beyond what was held for it."""
        if not self._market.caps.capped:
            return []
        names = {spent(name): name for name in self._ceilings}
        bills = [
            self._charge(names[moved.target], moved.amount)
            for moved in transfers
            if moved.purpose == "bill" and moved.target in names
        ]
        return [*bills, *[(worker, kind, -amount) for worker, kind, amount in self.charges]]

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

    def _invited(self) -> Iterator[tuple[WorkerId, Money]]:
        """Return who is invited, and what asking each may cost."""
        names: Iterable[WorkerId] = self._roster
        if self._market.capped and self._recorded is not None:
            # it was found out what the cash sufficed for
            asked = [one.worker for one in self._recorded.announcement.participants]
            names = [name for name in asked if name in self._roster]
        ceilings = ((name, self._ceiling(self._market.workers[name])) for name in names)
        if self._market.capped and self._recorded is None:
            return self._affordable(ceilings)
        return ceilings

    def _affordable(
        self, ceilings: Iterable[tuple[WorkerId, Money]]
    ) -> Iterator[tuple[WorkerId, Money]]:
        total, charges = 0, list[Charge]()
        for name, ceiling in ceilings:
            with_this = total + ceiling
            if ceiling and not (
                self._market.budget.has_room(with_this) and self._market.can_hold(with_this)
            ):
                continue
            if ceiling and self._market.caps.capped:
                charges.append(self._charge(name, ceiling))
                if not self._market.caps.has_room(charges):
                    charges.pop()
                    continue
            total = with_this
            yield name, ceiling

    def _charge(self, worker: WorkerId, amount: int) -> Charge:
        return worker, self._lots[0].kind, amount  # with caps by kind there is one kind

    def _ceiling(self, worker: Worker) -> Money:
        """Return what asking a worker about all lots may cost."""
        if type(worker).bid_ceiling is Worker.bid_ceiling or self._market.chronicle.only_recall:
            return ZERO
        asked = [lot for lot in self._lots if worker.name not in lot.excluded]
        return Money(sum(map(worker.bid_ceiling, asked)))
