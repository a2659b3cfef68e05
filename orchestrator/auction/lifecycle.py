"""One announcement from task to settlement, top to bottom. Read this first.

    lots -announce-> Announcement -take-> Bids        (bidding.py) -allocate-> Awards
         -start, carry_out-> Result | Failure -> Outcome -> Settlement      (execution.py)

Every arrow notes one event. A step whose event is already in the past (a resumed run, a replay)
gets it back instead of acting; the deciding steps compute theirs anew and must agree with it.
Nothing calls back: a failure is for the next announcement. A lot whose task is cancelled ends
before its next step.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import anyio
from anyio.lowlevel import checkpoint

from orchestrator.agenda import State
from orchestrator.auction.acceptance import lapse, penalty
from orchestrator.auction.allowance import Allowance
from orchestrator.auction.bidding import Bidding
from orchestrator.auction.escalation import choose, set_aside
from orchestrator.auction.execution import Ending, Execution
from orchestrator.auction.invitation import Invitation
from orchestrator.auction.judging import judging_of
from orchestrator.auction.withdrawal import withdraw
from orchestrator.market import Market
from orchestrator.memory.chronicle import RecordEndsError
from orchestrator.memory.ledger import hold
from orchestrator.peer_settings import highest_score
from protocols.contract_net import ContractNet
from protocols.decommitment import with_terms
from protocols.events import Allocated, Announced, BidsClosed
from protocols.mechanism import Allocation, Standings
from protocols.messages import Announcement, Award, Bid, Lot, Result
from protocols.units import ZERO, AnnouncementId, Money, TaskId

NO_ROOM = "the budget has no room for it"
CERTAIN: Final = frozenset[State]({"solved", "unsettled"})
"""The ends of a lot after which nothing comes: it is too late to call its task off."""


class Auction:
    """One announcement on its way: `announce` it, then `conduct` it.

    Args:
        market: The run that it belongs to.
        number: Its number within the run.
        as_of: The number of the last announcement whose standings it sees.
        lots: What is put up.

    Attributes:
        market: The terms on which it was made.
        endings: How each lot ended, by task.
        decided: Whether the awards are made.
        done: Whether nothing more will happen.
        called_off: The lots whose tasks are cancelled, with the reason.
        committed: The most cash that the awards can cost.
        spent: The cash that they have cost so far.
        waited_for: Who was not invited, but will be to a later announcement.
        held: Who was not invited, and will be only if a person says so.
        allowance: What single workers and kinds may cost of it.
    """

    def __init__(self, market: Market, number: int, as_of: int, lots: tuple[Lot, ...]) -> None:
        self.endings: dict[TaskId, Ending] = {}
        self.decided = self.done = False
        self.committed = self.spent = ZERO
        self.called_off: dict[TaskId, str] = {}
        self.waited_for, self.held = market.guards.waiting, market.guards.held
        self.market = market
        self._chronicle = market.chronicle
        lots = with_terms(lots, market.limits.withdrawal)
        self._lots = {lot.task: lot for lot in lots}
        recorded = self._chronicle.recall(f"announced\ta{number}", Announced)
        self._invitation = Invitation(market, lots, recorded)
        self.announcement = Announcement(
            announcement=AnnouncementId(f"a{number}"),
            number=number,
            as_of=as_of,
            bid_seconds=market.limits.bid_seconds,
            lots=lots,
            participants=self._invitation.participants,
        )
        self._net = ContractNet(self.announcement)
        self._bidding = Bidding(market, self._net, self._invitation, self.called_off)
        self._executions: dict[TaskId, Execution] = {}
        self._standings: Standings = {}
        self._judging = judging_of(market, lots) if recorded is None else recorded.judging
        self.allowance = Allowance(market, self._lots, self._judging)
        self._held_for_bids = self._announced = 0
        self._open = 0
        self._all_ended = anyio.Event()
        self._broken: Exception | None = None

    @property
    def complete(self) -> bool:
        """Whether every lot has ended; a replay of an unfinished run leaves some open."""
        return len(self.endings) == len(self._lots)

    @property
    def worked(self) -> bool:
        """Whether some award was carried out, so that capacity which it bound is free again."""
        return any(ending.report is not None for ending in self.endings.values())

    def announce(self) -> None:
        """Put the lots up, at a fixed point of the run: what is known now is what counts."""
        market, announcement = self.market, self.announcement
        self._standings = market.standings.open(announcement)
        transfers = self._invitation.hold()
        self._held_for_bids = sum(transfer.amount for transfer in transfers)
        market.budget.take(self._held_for_bids)
        market.caps.take(self._invitation.charges)
        announced = Announced(announcement=announcement, judging=self._judging, transfers=transfers)
        self._announced = self._chronicle.note(announced)

    async def conduct(self, on_decided: Callable[[], object]) -> None:
        """Take the lots from their announcement to their settlements."""
        try:
            closed = await self._take_bids()
            executions = self._award(self._clear(closed), closed)
            self.decided = True
            on_decided()
            await self._carry_out(executions)
        except RecordEndsError:
            pass  # what the journal of an unfinished run does not know stays open
        finally:
            self.done = True

    def is_certain(self, task: TaskId) -> bool:
        """Whether the lot of a task has an end that nothing can follow."""
        ending = self.endings.get(task)
        return ending is not None and ending.state in CERTAIN

    def call_off(self, task: TaskId, reason: str) -> None:
        """End the lots of a task before their next step, and what is waited for in their name.

        What the past knows of a lot comes first: in a resumed run it ends where it did then.
        """
        for lot in self.announcement.lots:
            if lot.origin == task:
                self._call_off(lot.task, reason)

    def _call_off(self, task: TaskId, reason: str) -> None:
        self.called_off[task] = reason
        if not self.decided:
            self._bidding.call_off(task, reason)
        elif (execution := self._executions.get(task)) is not None:
            execution.call_off(reason)
            waits_for_seat = not (execution.begun or self._chronicle.only_recall)
            if waits_for_seat and task not in self.endings and execution.to_withdraw_unbegun:
                self._withdraw(execution)

    # Bids -----------------------------------------------------------------------------------

    async def _take_bids(self) -> BidsClosed:
        if self._held_for_bids:  # a call that may be billed is never unknown
            await self._chronicle.durable(self._announced)
        closed = await self._bidding.take()
        billed = sum(moved.amount for moved in closed.transfers if moved.purpose == "bill")
        self.market.budget.take(billed - self._held_for_bids)
        self.market.caps.take(self._invitation.billed(closed.transfers))
        return closed

    def _clear(self, closed: BidsClosed) -> Allocation:
        """Decide on the lots that were not called off."""
        call, market = self.announcement, self.market
        if closed.called_off:
            left = tuple(lot for lot in call.lots if lot.task not in closed.called_off)
            call = call.model_copy(update={"lots": left})
        if not call.lots:
            return Allocation(
                announcement=call.announcement,
                mechanism=market.mechanism.name,
                awards=(),
                welfare=ZERO,
            )
        bids = self.allowance.considered(closed.bids)
        return market.mechanism.clear(call, bids, self._standings, market.seed)

    # Awards ---------------------------------------------------------------------------------

    def _award(self, allocation: Allocation, closed: BidsClosed) -> list[Execution]:
        """Hold what the awards may cost; return the first of each lot that the budget can bear."""
        self._net.allocate(allocation)
        for task in closed.called_off:
            self._end(task, "cancelled", self.called_off.get(task, ""))
        for unsold in allocation.unsold:
            if (short := self.allowance.why_unsold(unsold.task)) is not None:
                self._end(unsold.task, "unfunded", *short)
            elif unsold.reason == "no-bids" and not self._invitation.complete:
                self._end(unsold.task, "unfunded", self._invitation.short)
            else:
                self._end(unsold.task, "unsold", unsold.reason)
        recorded = self._chronicle.recall(f"allocated\t{allocation.announcement}", Allocated)
        unfunded: list[TaskId] = []
        funded: list[Execution] = []
        for execution in self._sequences(allocation, closed.bids):
            task, amount = execution.award.task, execution.reserved
            reason = self.allowance.short(execution, closed.bids)
            if reason is None and not self._can_fund(task, amount, recorded):
                reason = NO_ROOM
            if reason is not None:
                unfunded.append(task)
                self._net.cancel(task, reason)
                self._end(task, "unfunded", reason, need=amount)
                continue
            self.market.budget.take(amount)
            self.allowance.commit(execution)
            self.committed = Money(self.committed + amount)
            self._give_turn(execution)
            funded.append(execution)
        transfers = tuple(transfer for each in funded for transfer in hold(each.reserved))
        decided = Allocated(
            allocation=allocation,
            unfunded=tuple(unfunded),
            withheld=self.allowance.withheld,
            transfers=transfers,
        )
        self._chronicle.note(decided)
        return funded

    def _can_fund(self, task: TaskId, amount: Money, recorded: Allocated | None) -> bool:
        """Whether the budget has room for an award, and the ledger too.

        Calls that were lost in a crash, and bills beyond their holds, come into the budget only
        when their announcement closes.
        """
        if not self.market.budget.has_room(amount):
            return False
        if recorded is not None:
            return task not in recorded.unfunded
        return self.market.can_hold(self.committed + amount)

    def _sequences(self, allocation: Allocation, bids: Sequence[Bid]) -> Iterator[Execution]:
        """Yield the first award of each lot, linked to the fallbacks that follow it."""
        accepted = {(bid.task, bid.worker): bid for bid in bids}
        following: Execution | None = None
        firsts: list[Execution] = []
        for award in reversed(allocation.awards):
            bid = accepted[award.task, award.worker]
            lot = self._lots[award.task]
            amount = self._commitment(lot, award, bid.most)
            judging = self._judging.get(award.task, ZERO)
            following = Execution(self.market, lot, award, bid, amount, following, judging)
            if not award.rank:
                firsts.append(following)
                following = None
        yield from reversed(firsts)

    def _commitment(self, lot: Lot, award: Award, ceiling: Money) -> Money:
        """Return the most cash that an award can cost: the bill, or what an outsider can get."""
        if not self.market.workers[award.worker].participant.payable:
            return ceiling
        contract = award.contract
        best = highest_score(contract.rule)
        pay = [contract.pay(success, ceiling, best) for success in (0.0, 1.0)]
        return Money(max(lot.withdrawal, *pay))

    def _give_turn(self, execution: Execution) -> None:
        task = execution.award.task
        execution.called_off = self.called_off.get(task)
        self._executions[task] = execution

    def _end(self, task: TaskId, state: State, reason: str, need: Money | None = None) -> None:
        self.endings[task] = Ending(self._lots[task], state, reason, need=need)

    # Work -----------------------------------------------------------------------------------

    async def _carry_out(self, executions: Sequence[Execution]) -> None:
        self._open = len(executions)
        await self._work(executions)
        if self._open:
            await self._all_ended.wait()
        if self._broken is not None:
            raise self._broken

    async def _work(self, executions: Sequence[Execution]) -> None:
        """Have work done: that of instant workers in a row, that of the others at their desks."""
        at_once: list[Execution] = []
        seq = 0
        for execution in executions:
            if not (execution.worker.instant or self._chronicle.only_recall):
                desk = self.market.desks[execution.award.worker]
                desk.put(partial(self._work_at_desk, execution))
            elif (started := await self._start(execution)) is not None:
                at_once.append(execution)
                seq = started or seq
        await (self._chronicle.durable(seq) if seq else checkpoint())
        for execution in at_once:
            await self._finish(execution)

    async def _work_at_desk(self, execution: Execution) -> None:
        """Have one award carried out; what breaks the run is left for `conduct` to raise."""
        try:
            if (seq := await self._start(execution)) is not None:
                await self._chronicle.durable(seq)
                await self._finish(execution)
        except Exception as error:  # noqa: BLE001 - a desk serves many auctions
            self._broken = self._broken or error
            self._all_ended.set()

    async def _start(self, execution: Execution) -> int | None:
        """Let a worker begin, if it takes its award up; return the number to wait for."""
        if execution.award.task in self.endings:  # withdrawn while it waited for a seat
            return None
        execution.begun = True
        try:
            lapsed = None if execution.to_withdraw_unbegun else await lapse(execution)
            if lapsed is not None:
                self._expire(execution, lapsed.reason)
                return None
            if execution.to_withdraw_unbegun:
                self._withdraw(execution)
                return None
            self._net.start(execution.award.task, execution.award.worker)
            return execution.start()
        except RecordEndsError:
            self._count_down()
            return None

    def _expire(self, execution: Execution, reason: str) -> None:
        """End a lot whose award was not taken up: nobody inherits a contract priced with it."""
        award = execution.award
        self._net.expire(award.task)
        owed = Money(-penalty(self.market.limits, award))
        ending = Ending(execution.lot, "unsold", reason, award, owed=owed, bid=execution.bid)
        self._ended(execution, ending)

    def _withdraw(self, execution: Execution) -> None:
        """End a lot whose award is withdrawn."""
        ending = withdraw(execution)
        if ending.report is not None:
            self._net.receive(ending.report)
        self._net.cancel(execution.award.task, ending.reason)
        self._ended(execution, ending)

    async def _finish(self, execution: Execution) -> None:
        """Have the work done, and delivered if its answer is to be; or let the next award begin."""
        fallback = execution.fallback
        ending: Ending | None = None
        try:
            chosen = await choose(execution)
            if chosen is not None:
                if chosen is not execution:
                    self._give_turn(chosen)
                ending = await chosen.carry_out()
                if ending is None:
                    self._withdraw(chosen)
                    return
        except RecordEndsError:
            self._count_down()
            return
        last = chosen is not None and chosen.final
        goes_on = fallback is not None and not last and (ending is None or ending.state == "failed")
        self._tell_net(execution, ending, more=fallback is not None, goes_on=goes_on)
        if fallback is not None and goes_on:
            before = () if ending is None else (ending,)
            fallback.before, fallback.hand = (*execution.before, *before), execution.hand
            self._give_turn(fallback)
            await self._work([fallback])
        elif chosen is not None and ending is not None:
            self._ended(chosen, ending)

    def _tell_net(
        self, execution: Execution, ending: Ending | None, *, more: bool, goes_on: bool
    ) -> None:
        """Move the protocol on, after the award whose turn it is was carried out."""
        task, worker = execution.award.task, execution.award.worker
        report = execution.report or (None if ending is None else ending.report)
        assert report is not None  # noqa: S101 - carried out, so reported
        self._net.receive(report)
        if ending is None or goes_on:
            self._net.settle(task, worker, solved=False)
        elif ending.pending is not None:
            pass  # it is settled when its peers have answered; see peer_line.py
        elif ending.state == "unsettled":
            self._net.cancel(task, ending.reason)
        elif ending.state == "solved" and isinstance(report, Result):
            self._net.settle(task, worker, solved=True)
        elif not more:
            self._net.settle(task, worker, solved=False)
        else:
            self._net.cancel(task, ending.reason)

    def _ended(self, execution: Execution, ending: Ending) -> None:
        ending.before = (*execution.before, *set_aside(execution.hand))
        self.spent = Money(self.spent + sum(each.spent for each in (*ending.before, ending)))
        self.endings[execution.award.task] = ending
        self._count_down()

    def _count_down(self) -> None:
        self._open -= 1
        if not self._open:
            self._all_ended.set()
