"""One award from its start to its settlement: the work, the verdict, the payment."""

from dataclasses import dataclass

import anyio

from orchestrator.agenda import State
from orchestrator.ledger import hold, owe, purse, spend, spent
from orchestrator.market import Market
from protocols.contract import Settlement, Transfer
from protocols.events import Finished, Settled, Started, Unsettled, Verified
from protocols.messages import Award, Failure, Lot, Outcome, Result
from protocols.units import ZERO, Money
from scoring.catalog import SCORING_RULES
from workers.ports import Verdict, Worker


@dataclass(slots=True)
class Ending:
    """How one lot of an announcement ended.

    Attributes:
        state: ``solved``, or why not.
        reason: More about the state, in words.
        award: The last award that was carried out, if any.
    """

    lot: Lot
    state: State
    reason: str = ""
    award: Award | None = None
    report: Result | Failure | None = None
    outcome: Outcome | None = None
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """The carrying out of one award.

    Attributes:
        held: The cash that is held for it.
        fallback: What follows if the work fails, where the mechanism awarded a sequence.
    """

    market: Market
    lot: Lot
    award: Award
    held: Money
    fallback: "Execution | None" = None

    @property
    def worker(self) -> Worker:
        """Who does the work."""
        return self.market.workers[self.award.worker]

    @property
    def reserved(self) -> Money:
        """The cash that is held for this award and all that may follow it."""
        return Money(self.held + (self.fallback.reserved if self.fallback else 0))

    def start(self) -> int:
        """Note that the worker is about to be called; return the number to wait for.

        A call that was started in an earlier process and never reported back may have been billed:
        what was held for it counts as spent, and the call is repeated on a new hold.
        """
        chronicle, award = self.market.chronicle, self.award
        call, lost = 1, False
        while (earlier := chronicle.recall(self._started(call).key, Started)) is not None:
            chronicle.note(earlier)
            call, lost = call + 1, True
        if not lost:
            return chronicle.note(self._started(1))
        if chronicle.recall(_key("finished", award), Finished) is not None:
            return 0
        return chronicle.note(self._started(call, self._book_lost_call()))

    async def carry_out(self) -> Ending:
        """Have the work done, judged and paid."""
        report = await self._work()
        verdict = await self._judge(report)
        if isinstance(verdict, str):
            return self._leave_unsettled(report, verdict)
        outcome = Outcome(
            announcement=self.award.announcement,
            task=self.award.task,
            worker=self.award.worker,
            success=verdict[0].success,
            verifier=verdict[1],
            detail=verdict[0].detail[:2000],
        )
        self.market.chronicle.note(Verified(outcome=outcome))
        return self._settle(report, outcome)

    # The steps ------------------------------------------------------------------------------

    async def _work(self) -> Result | Failure:
        chronicle, award = self.market.chronicle, self.award
        finished = chronicle.recall(_key("finished", award), Finished)
        if finished is None:
            chronicle.await_input()
            finished = Finished(report=await self._call())
        chronicle.note(finished)
        return finished.report

    async def _call(self) -> Result | Failure:
        """Call the worker; whatever it does, there is a report."""
        limit = self.market.limits.execute_seconds
        reason = f"no answer within {limit:g} s"
        try:
            if self.worker.instant:
                return self._checked(await self.worker.execute(self.lot, self.award))
            with anyio.move_on_after(limit):
                return self._checked(await self.worker.execute(self.lot, self.award))
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            reason = f"{type(error).__name__}: {error}"[:2000]
        award = self.award
        return Failure(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            reason=reason,
            cost=self.held,
        )

    def _checked(self, report: object) -> Result | Failure:
        award = self.award
        if (
            isinstance(report, Result | Failure)
            and report.task == award.task
            and report.worker == award.worker
            and report.announcement == award.announcement
        ):
            return report
        raise ValueError("the worker reported on something else than its award")

    async def _judge(self, report: Result | Failure) -> tuple[Verdict, str] | str:
        """Return the verdict and who gave it, or why there is none."""
        chronicle = self.market.chronicle
        if isinstance(report, Failure):
            return Verdict(0.0, report.reason), "failure"
        verified = chronicle.recall(_key("verified", self.award), Verified)
        if verified is not None:
            outcome = verified.outcome
            return Verdict(outcome.success, outcome.detail), outcome.verifier
        unsettled = chronicle.recall(_key("unsettled", self.award), Unsettled)
        if unsettled is not None:
            return unsettled.reason
        verifier = self.market.verifiers.get(self.lot.task)
        if verifier is None:
            return "the task has no verifier"
        chronicle.await_input()
        try:
            return await verifier.verify(self.lot, report), verifier.type
        except Exception as error:  # noqa: BLE001 - a verifier may be foreign code too
            return f"the verifier failed: {type(error).__name__}: {error}"[:2000]

    def _settle(self, report: Result | Failure, outcome: Outcome) -> Ending:
        award, success = self.award, outcome.success
        score = SCORING_RULES[award.contract.rule].score(award.contract.report, success)
        settlement = Settlement(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            success=success,
            score=score,
            payment=award.contract.pay(success, report.cost, score),
            cost=report.cost,
        )
        solved = success >= self.market.limits.solved_at
        if self.worker.participant.payable:
            transfers = spend(self.held, settlement.payment, purse(award.worker), "pay")
        else:
            bill = spend(self.held, report.cost, spent(award.worker), "bill")
            transfers = (*bill, *owe(award.worker, settlement.payment))
        if solved:
            transfers += self._release_fallbacks()
        self.market.chronicle.note(Settled(settlement=settlement, transfers=transfers))
        state: State = "solved" if solved else "failed"
        return Ending(self.lot, state, outcome.detail, award, report, outcome, settlement)

    def _leave_unsettled(self, report: Result | Failure, reason: str) -> Ending:
        """End without an outcome: the bill is paid, nothing is owed for an unknown success."""
        award = self.award
        cost = ZERO if self.worker.participant.payable else report.cost
        bill = spend(self.held, cost, spent(award.worker), "bill")
        self.market.chronicle.note(
            Unsettled(
                announcement=award.announcement,
                task=award.task,
                worker=award.worker,
                reason=reason,
                transfers=bill + self._release_fallbacks(),
            )
        )
        return Ending(self.lot, "unsettled", reason, award, report)

    def _release_fallbacks(self) -> tuple[Transfer, ...]:
        if self.fallback is None:
            return ()
        return spend(self.fallback.reserved, ZERO, spent(self.award.worker), "bill")

    def _book_lost_call(self) -> tuple[Transfer, ...]:
        if self.worker.participant.payable:
            return ()
        return (*spend(self.held, self.held, spent(self.award.worker), "bill"), *hold(self.held))

    def _started(self, call: int, transfers: tuple[Transfer, ...] = ()) -> Started:
        award = self.award
        return Started(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            call=call,
            transfers=transfers,
        )


def _key(event: str, award: Award) -> str:
    return f"{event}\t{award.announcement}\t{award.task}\t{award.worker}"
