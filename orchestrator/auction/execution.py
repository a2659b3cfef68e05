"""One award from its start to its settlement: the work, the verdict, the payment."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import InitVar, dataclass, field
from functools import partial
from math import inf

import anyio

from orchestrator.agenda import State
from orchestrator.auction.calls import Calls
from orchestrator.auction.judging import Hearing, NoVerdict
from orchestrator.foreign import checked, excuse
from orchestrator.market import Market
from orchestrator.memory.caps import Charge
from orchestrator.memory.ledger import owe, purse, spend, spent
from protocols.contract import Settlement, Transfer
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import Finished, Settled, Started, Unsettled, Verified
from protocols.messages import Award, Bid, Failure, Lot, Outcome, Result
from protocols.units import ZERO, Money
from scoring.catalog import SCORING_RULES
from workers.ports import Worker


@dataclass(slots=True)
class Ending:
    """How one lot of an announcement ended.

    Attributes:
        state: ``solved``, or why not.
        reason: More about the state, in words.
        award: The last award that was carried out, if any.
        spent: The cash that the award has cost.
        need: The cash that an unfunded lot would have needed; ``None`` if unknown.
        owed: What the worker gets because the award was withdrawn; negative where it owes, because
            it did not take the award up.
        before: How the other awards of the sequence ended, which failed or were set aside.
        pending: The award whose answer waits for its peers; it is not settled yet.
        bid: The bid that the award accepts.
    """

    lot: Lot
    state: State
    reason: str = ""
    award: Award | None = None
    report: Result | Failure | None = None
    outcome: Outcome | None = None
    settlement: Settlement | None = None
    spent: Money = ZERO
    need: Money | None = None
    owed: Money = ZERO
    before: "tuple[Ending, ...]" = ()
    pending: "Execution | None" = None
    bid: Bid | None = None


@dataclass(slots=True, eq=False)
class Execution:
    """The carrying out of one award.

    Attributes:
        bid: The bid that the award accepts.
        held: The cash that is held for it: the bill, or the pay of an outsider.
        judging: The cash that is held beside that for judging the answer.
        fallback: What follows if the work fails, where the mechanism awarded a sequence.
        calls: How often the worker was called, in this process and earlier ones.
        before: How the awards ended that came before it in the sequence and failed.
        begun: Whether its turn has come.
        called_off: Why its task was cancelled, once it was.
        cut_off: What the call may have cost that was broken off because of that.
        report: What the worker has reported.
        hearing: The judging of the answer.
        hand: The awards of the sequence whose answers are in hand, where answers are compared.
    """

    market: Market
    lot: Lot
    award: Award
    bid: Bid
    held: Money
    fallback: "Execution | None" = None
    judging: InitVar[Money] = ZERO
    before: tuple[Ending, ...] = ()
    begun: bool = False
    called_off: str | None = None
    cut_off: Money = ZERO
    report: Result | Failure | None = None
    calls: Calls = field(init=False)
    hearing: Hearing = field(init=False)
    hand: "list[Execution]" = field(default_factory=lambda: list[Execution]())
    _wait: anyio.CancelScope | None = None

    def __post_init__(self, judging: Money) -> None:
        """Prepare the calls and the judging."""
        self.calls = Calls(self.market, self.award, self.held)
        self.hearing = Hearing(self.market, self.lot, self.award, judging)

    @property
    def worker(self) -> Worker:
        """Who does the work."""
        return self.market.workers[self.award.worker]

    @property
    def payable(self) -> bool:
        """Whether the worker is paid in cash."""
        return self.worker.participant.payable

    @property
    def final(self) -> bool:
        """Whether its answer was chosen among others: then nobody else is asked if it is wrong."""
        return self.award.stop is not None and isinstance(self.report, Result)

    @property
    def reserved(self) -> Money:
        """The cash that is held for this award and all that may follow it."""
        after = self.fallback.reserved if self.fallback else 0
        return Money(self.held + self.hearing.held + after)

    @property
    def charges(self) -> list[Charge]:
        """What this award and all that may follow it can cost, by worker and kind."""
        mine = (self.award.worker, self.lot.kind, self.held + self.hearing.held)
        return [mine, *(self.fallback.charges if self.fallback else ())]

    @property
    def recorded(self) -> bool:
        """Whether the past knows how the work ended."""
        return self.market.chronicle.recall(_key("finished", self.award), Finished) is not None

    @property
    def withdrawal(self) -> Withdrawn | None:
        """How the award was withdrawn, if the past knows it."""
        return self.market.chronicle.recall(_key("withdrawn", self.award), Withdrawn)

    @property
    def to_withdraw(self) -> bool:
        """Whether the award is to be withdrawn, unless the past knows what comes next."""
        return self.called_off is not None or self.withdrawal is not None

    @property
    def to_withdraw_unbegun(self) -> bool:
        """Whether it is to be withdrawn before anybody takes it up."""
        chronicle, award = self.market.chronicle, self.award
        return self.to_withdraw and not (
            chronicle.recall(f"{_key('started', award)}\t1", Started)
            or chronicle.recall(_key("lapsed", award), Lapsed)
        )

    def call_off(self, reason: str) -> None:
        """Have the award withdrawn before its next step; what is waited for now is broken off."""
        self.called_off = reason
        if self._wait is not None:
            self._wait.cancel()

    @contextmanager
    def interruptible(self, seconds: float = inf) -> Generator[anyio.CancelScope]:
        """Wait inside for so long at most, and not on once the award is called off."""
        try:
            with anyio.move_on_after(seconds) as self._wait:
                yield self._wait
        finally:
            self._wait = None

    def start(self) -> int:
        """Note that the worker is about to be called; return the number to wait for.

        A call that was started in an earlier process and never reported back was lost; see calls.py.
        """
        self.calls.recall()
        if not self.calls.made:
            return self.calls.note()
        if self.recorded:
            return 0
        if self.to_withdraw and not self.calls.was_given_up:
            self._break_off()
            return 0
        return self.calls.repeat()

    async def carry_out(self) -> Ending | None:
        """Have the work done, judged and paid; ``None`` if it is to be withdrawn."""
        if (lost := self.calls.given_up) is not None:
            return self.leave_unsettled(self._failure(lost), lost)
        report = await self.work()
        if report is None:
            return None
        has_peers = self.lot.group is not None and isinstance(report, Result)
        if has_peers and self.lot.group not in self.market.gold:
            return self._wait_for_peers(report)
        heard = await self._judge(report)
        if heard is None:
            return None
        if isinstance(heard, NoVerdict):
            return self.leave_unsettled(report, heard.reason, heard.cost)
        if transfers := self.hearing.close(heard.cost):
            heard = heard.model_copy(update={"transfers": transfers})
        self.market.chronicle.note(heard)
        if has_peers:
            return self._wait_for_peers(report, heard.outcome)
        return self.settle(report, heard.outcome, self._score(heard.outcome.success))

    # The steps ------------------------------------------------------------------------------

    async def work(self) -> Result | Failure | None:
        """Return what the worker reports; ``None`` if the award is to be withdrawn."""
        if self.report is None:
            self.report = await self._report()
        return self.report

    async def _report(self) -> Result | Failure | None:
        chronicle, award = self.market.chronicle, self.award
        finished = chronicle.recall(_key("finished", award), Finished)
        if finished is None:
            if self.to_withdraw:
                return None
            chronicle.await_input()
            if (report := await self._call()) is None:
                return None
            finished = Finished(report=report)
        chronicle.note(finished)
        return finished.report

    async def _call(self) -> Result | Failure | None:
        """Call the worker; whatever it does, there is a report, unless it is called off."""
        limit = self.market.limits.execute_seconds
        reason = f"no answer within {limit:g} s"
        if self.worker.name in self.market.quarantined:
            return self._failure("it did not let go of an earlier call", ZERO)
        try:
            if self.worker.instant:
                return self._checked(await self.worker.execute(self.lot, self.award))
            with self.interruptible(limit):
                return self._checked(await self._made())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
            reason = excuse("", error)
        if self.called_off is not None:
            self._break_off()
            return None
        return self._failure(reason)

    async def _made(self) -> Result | Failure:
        worker = self.worker
        work = partial(worker.execute, self.lot, self.award)
        return await self.market.foreign.make(worker.name, work, lambda: worker.lingers)

    def _break_off(self) -> None:
        """Note that a call may have been billed whose answer will not come."""
        self.cut_off = ZERO if self.payable else self.held

    def _checked(self, report: object) -> Result | Failure:
        award = self.award
        if (
            isinstance(report, Result | Failure)
            and report.task == award.task
            and report.worker == award.worker
            and report.announcement == award.announcement
        ):
            return checked(report)
        raise ValueError("the worker reported on something else than its award")

    def _failure(self, reason: str, cost: Money | None = None) -> Failure:
        """Report for a worker that did not: it may have cost all that was held."""
        award = self.award
        return Failure(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            reason=reason,
            cost=self.held if cost is None else cost,
        )

    async def _judge(self, report: Result | Failure) -> Verified | NoVerdict | None:
        """Return the verdict, or why there is none; ``None`` if the award is to be withdrawn."""
        found = self.hearing.recall(report)
        if found is not None or isinstance(report, Failure):
            return found
        if self.to_withdraw:
            return None
        self.market.chronicle.await_input()
        found = await self.hearing.ask(report, self.interruptible)
        return found if self.called_off is None else None

    def _score(self, success: float) -> float:
        """Return the score of the report; no answer at all scores 0 where peers would score it."""
        contract = self.award.contract
        rule = SCORING_RULES.get(contract.rule)
        return 0.0 if rule is None else rule.score(contract.report, success)

    def _wait_for_peers(self, report: Result | Failure, outcome: Outcome | None = None) -> Ending:
        """Wait: what is held stays held until the peers have answered too."""
        spending = self.with_lost_calls(self.held)
        return Ending(
            lot=self.lot,
            state="unsettled",
            reason="its answer waits for its peers",
            award=self.award,
            bid=self.bid,
            report=report,
            outcome=outcome,
            spent=spending,
            pending=self,
        )

    # The end --------------------------------------------------------------------------------

    def settle(self, report: Result | Failure, outcome: Outcome, score: float) -> Ending:
        """Pay what the contract says of an outcome and a score."""
        award, success, payable = self.award, outcome.success, self.payable
        # an outsider that could refund itself more than it announced would be paid more than is held
        cost = min(report.cost, self.bid.most) if payable else report.cost
        settlement = Settlement(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            success=success,
            score=score,
            payment=award.contract.pay(success, cost, score),
            cost=cost,
        )
        solved = success >= self.market.limits.solved_at
        if payable:
            paid = Money(max(settlement.payment, 0))
            transfers = spend(self.held, settlement.payment, purse(award.worker), "pay")
        else:
            paid = cost
            bill = spend(self.held, cost, spent(award.worker), "bill")
            transfers = (*bill, *owe(award.worker, settlement.payment))
        if solved or self.final:
            transfers += self._release_fallbacks()
        self.market.chronicle.note(Settled(settlement=settlement, transfers=transfers))
        return Ending(
            lot=self.lot,
            state="solved" if solved else "failed",
            reason=outcome.detail,
            award=award,
            bid=self.bid,
            report=report,
            outcome=outcome,
            settlement=settlement,
            spent=self.with_lost_calls(paid),
        )

    def leave_unsettled(
        self, report: Result | Failure, reason: str, judging: Money = ZERO
    ) -> Ending:
        """End without an outcome: the bills are paid, nothing is owed for an unknown success."""
        award = self.award
        cost = ZERO if self.payable else report.cost
        bill = spend(self.held, cost, spent(award.worker), "bill")
        self.market.chronicle.note(
            Unsettled(
                announcement=award.announcement,
                task=award.task,
                worker=award.worker,
                reason=reason,
                lost=self.calls.given_up is not None,
                judging=judging,
                transfers=bill + self.hearing.close(judging) + self._release_fallbacks(),
            )
        )
        spending = self.with_lost_calls(cost)
        return Ending(self.lot, "unsettled", reason, award, report, spent=spending, bid=self.bid)

    def _release_fallbacks(self) -> tuple[Transfer, ...]:
        if self.fallback is None:
            return ()
        return spend(self.fallback.reserved, ZERO, spent(self.award.worker), "bill")

    def with_lost_calls(self, cost: Money) -> Money:
        """Return a cost together with that of calls whose answers were lost, and of judging."""
        return Money(cost + self.calls.spent + self.hearing.spent)


def _key(event: str, award: Award) -> str:
    return f"{event}\t{award.announcement}\t{award.task}\t{award.worker}"
