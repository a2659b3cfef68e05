"""One announcement from task to settlement, top to bottom. Read this first.

    lots -announce-> Announcement -take_bids-> Bids -allocate-> Awards
         -start, carry_out-> Result | Failure -> Outcome -> Settlement      (execution.py)

Every arrow notes one event. A step whose event is already in the past (a resumed run, a replay)
gets it back instead of acting; the deciding steps compute theirs anew and must agree with it.
Nothing calls back: a failure is for the next announcement.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import anyio
from anyio.lowlevel import checkpoint

from orchestrator.agenda import State
from orchestrator.asking import ask
from orchestrator.chronicle import RecordEndsError
from orchestrator.execution import Ending, Execution
from orchestrator.ledger import hold, spend, spent
from orchestrator.market import Market
from protocols.contract import Transfer
from protocols.contract_net import ContractNet
from protocols.events import Allocated, Announced, BidsClosed
from protocols.mechanism import Allocation, Standings
from protocols.messages import Announcement, Award, Bid, Lot, Refusal
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from scoring.catalog import SCORING_RULES


class Auction:
    """One announcement on its way: `announce` it, then `conduct` it.

    Args:
        market: The run that it belongs to.
        number: Its number within the run.
        as_of: The number of the last announcement whose standings it sees.
        lots: What is put up.

    Attributes:
        endings: How each lot ended, by task.
        done: Whether nothing more will happen.
        complete: Whether every lot has ended; a replay of an unfinished run leaves some open.
    """

    def __init__(self, market: Market, number: int, as_of: int, lots: tuple[Lot, ...]) -> None:
        self.announcement = Announcement(
            announcement=AnnouncementId(f"a{number}"),
            number=number,
            as_of=as_of,
            bid_seconds=market.limits.bid_seconds,
            lots=lots,
            participants=tuple(worker.participant for worker in market.workers.values()),
        )
        self.endings: dict[TaskId, Ending] = {}
        self.done = False
        self._market = market
        self._chronicle = market.chronicle
        self._net = ContractNet(self.announcement)
        self._standings: Standings = {}
        self._lots = {lot.task: lot for lot in lots}
        self._asked: dict[WorkerId, Money] = {}
        self._open = 0
        self._all_ended = anyio.Event()

    @property
    def complete(self) -> bool:
        """Whether every lot has ended."""
        return len(self.endings) == len(self._lots)

    def announce(self) -> None:
        """Put the lots up, at a fixed point of the run: what is known now is what counts."""
        market, announcement = self._market, self.announcement
        self._standings = market.standings.snapshot(announcement.lots, announcement.participants)
        transfers: list[Transfer] = []
        for name, worker in market.workers.items():
            ceiling = Money(sum(map(worker.bid_ceiling, announcement.lots)))
            if ceiling:
                self._asked[name] = ceiling
                transfers += hold(ceiling)
        recorded = self._chronicle.recall(f"announced\t{announcement.announcement}", Announced)
        held = tuple(transfers) if recorded is None else recorded.transfers
        self._chronicle.note(Announced(announcement=announcement, transfers=held))

    async def conduct(self) -> None:
        """Take the lots from their announcement to their settlements."""
        try:
            bids = await self._take_bids()
            allocation = self._market.mechanism.clear(
                self.announcement, bids, self._standings, self._market.seed
            )
            await self._carry_out(self._award(allocation, bids))
        except RecordEndsError:
            pass  # what the journal of an unfinished run does not know stays open
        finally:
            self.done = True

    # Bids -----------------------------------------------------------------------------------

    async def _take_bids(self) -> tuple[Bid, ...]:
        net, name = self._net, self.announcement.announcement
        closed = self._chronicle.recall(f"bids-closed\t{name}", BidsClosed)
        if closed is None:
            self._chronicle.await_input()
            await ask(net, self._market.workers)
            closed = BidsClosed(
                announcement=name,
                bids=net.bids,
                refusals=net.refusals,
                rejections=net.rejections,
                not_understood=net.not_understood,
                silent=net.silent,
                transfers=self._bill_for_bids() if self._asked else (),
            )
        else:
            answers: tuple[Bid | Refusal, ...] = (*closed.bids, *closed.refusals)
            for answer in answers:
                net.receive(answer)
            net.close_bidding()
        self._chronicle.note(closed)
        return closed.bids

    def _bill_for_bids(self) -> tuple[Transfer, ...]:
        """Bill what asking has cost; for an answer that never came, the most that it may have."""
        answers: tuple[Bid | Refusal, ...] = (*self._net.bids, *self._net.refusals)
        charges = {(answer.task, answer.worker): answer.charge for answer in answers}
        transfers: list[Transfer] = []
        for name, ceiling in self._asked.items():
            worker = self._market.workers[name]
            bill = sum(
                charges.get((lot.task, name), worker.bid_ceiling(lot))
                for lot in self.announcement.lots
                if name not in lot.excluded
            )
            transfers += spend(ceiling, Money(bill), spent(name), "bill")
        return tuple(transfers)

    # Awards ---------------------------------------------------------------------------------

    def _award(self, allocation: Allocation, bids: Sequence[Bid]) -> list[Execution]:
        """Hold what the awards may cost; return the first of each lot that the budget can bear."""
        self._net.allocate(allocation)
        for unsold in allocation.unsold:
            self._end(unsold.task, "unsold", unsold.reason)
        recorded = self._chronicle.recall(f"allocated\t{allocation.announcement}", Allocated)
        room = self._chronicle.ledger.available
        capped = self._chronicle.ledger.capped
        unfunded: list[TaskId] = []
        funded: list[Execution] = []
        transfers: list[Transfer] = []
        for execution in self._sequences(allocation, bids):
            task, amount = execution.award.task, execution.reserved
            if task in recorded.unfunded if recorded else capped and amount > room:
                unfunded.append(task)
                self._net.cancel(task, "the budget has no room for it")
                self._end(task, "unfunded", "the budget has no room for it")
                continue
            room = Money(room - amount)
            transfers += hold(amount)
            funded.append(execution)
        self._chronicle.note(
            Allocated(allocation=allocation, unfunded=tuple(unfunded), transfers=tuple(transfers))
        )
        return funded

    def _sequences(self, allocation: Allocation, bids: Sequence[Bid]) -> Iterator[Execution]:
        """Yield the first award of each lot, linked to the fallbacks that follow it."""
        ceilings = {
            (bid.task, bid.worker): bid.cost if bid.ceiling is None else bid.ceiling for bid in bids
        }
        following: Execution | None = None
        firsts: list[Execution] = []
        for award in reversed(allocation.awards):
            amount = self._commitment(award, ceilings[award.task, award.worker])
            lot = self._lots[award.task]
            following = Execution(self._market, lot, award, amount, following)
            if not award.rank:
                firsts.append(following)
                following = None
        yield from reversed(firsts)

    def _commitment(self, award: Award, ceiling: Money) -> Money:
        """Return the most cash that an award can cost: the bill, or the pay of an outsider."""
        if not self._market.workers[award.worker].participant.payable:
            return ceiling
        contract = award.contract
        best = SCORING_RULES[contract.rule].bounds[1]
        return Money(max(0, *(contract.pay(success, ceiling, best) for success in (0.0, 1.0))))

    def _end(self, task: TaskId, state: State, reason: str) -> None:
        self.endings[task] = Ending(self._lots[task], state, reason)

    # Work -----------------------------------------------------------------------------------

    async def _carry_out(self, executions: Sequence[Execution]) -> None:
        """Have the work done: instant workers in a row, the others at their desks."""
        self._open = len(executions)
        at_once: list[Execution] = []
        seq = 0
        for execution in executions:
            if not (execution.worker.instant or self._chronicle.only_recall):
                self._market.desks[execution.award.worker].put(partial(self._run, execution))
            elif (started := self._start(execution)) is not None:
                at_once.append(execution)
                seq = started or seq
        await (self._chronicle.durable(seq) if seq else checkpoint())
        for execution in at_once:
            await self._finish(execution)
        if self._open:
            await self._all_ended.wait()

    async def _run(self, execution: Execution) -> None:
        """Start and finish one execution."""
        if (seq := self._start(execution)) is not None:
            await self._chronicle.durable(seq)
            await self._finish(execution)

    def _start(self, execution: Execution) -> int | None:
        self._net.start(execution.award.task, execution.award.worker)
        try:
            return execution.start()
        except RecordEndsError:
            self._count_down()
            return None

    async def _finish(self, execution: Execution) -> None:
        task, worker = execution.award.task, execution.award.worker
        try:
            ending = await execution.carry_out()
        except RecordEndsError:
            self._count_down()
            return
        assert ending.report is not None  # noqa: S101 - carried out, so reported
        self._net.receive(ending.report)
        if ending.state == "unsettled":
            self._net.cancel(task, ending.reason)
        else:
            self._net.settle(task, worker, solved=ending.state == "solved")
        if ending.state == "failed" and execution.fallback is not None:
            await self._run(execution.fallback)
            return
        self.endings[task] = ending
        self._count_down()

    def _count_down(self) -> None:
        self._open -= 1
        if not self._open:
            self._all_ended.set()
