"""One answer before its verifier: asked in time, paid for, and a reason where there is no verdict.

What judging may cost is held with the award. A judge or a person is asked only after the journal
has said so, so that no bill is unknown after a crash; a verdict that was lost may have been billed,
counts as spent, and is asked for again on a new hold.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import anyio

from orchestrator.foreign import excuse
from orchestrator.market import Market
from orchestrator.memory.ledger import JUDGING, hold, spend
from protocols.consultation import Consulted
from protocols.contract import Transfer
from protocols.events import Unsettled, Verified
from protocols.messages import Award, Failure, Lot, Outcome, Result
from protocols.units import ZERO, Money, TaskId
from workers.ports import Assessor, Verdict, VerifierError
from workers.spec import Spec

T = TypeVar("T")

FAILED = "the verifier failed: "
LOST = "the verdict was lost, and the budget has no room to ask again"

Wait = Callable[[float], AbstractContextManager[anyio.CancelScope]]
"""Waits for so many seconds at most; what is awaited within is called off by its scope."""


class NoVerdict(NamedTuple):
    """That there is no verdict, why, and what asking for it has cost."""

    reason: str
    cost: Money = ZERO


def judging_of(market: Market, lots: Iterable[Lot]) -> Mapping[TaskId, Money]:
    """Return the most that judging an answer to each lot may cost, where it costs anything."""
    found: dict[TaskId, Money] = {}
    for lot in lots:
        verifier = market.verifiers.get(lot.origin)
        if isinstance(verifier, Assessor) and (ceiling := verifier.ceiling(lot)):
            found[lot.task] = ceiling
    return found


@dataclass(slots=True)
class Hearing:
    """The judging of one answer.

    Attributes:
        held: The cash that is held for it.
        calls: How often a judge or a person was asked, in this process and earlier ones.
        spent: The cash that it has cost so far, verdicts that were lost included.
    """

    market: Market
    lot: Lot
    award: Award
    held: Money = ZERO
    calls: int = 0
    spent: Money = ZERO

    def recall(self, report: Result | Failure) -> Verified | NoVerdict | None:
        """Return what is known without asking: of a failure, or from the past."""
        if isinstance(report, Failure):
            return self._verified(Verdict(0.0, report.reason), "failure")
        chronicle, key = self.market.chronicle, self._key("consulted")
        while (earlier := chronicle.recall(f"{key}\t{self.calls + 1}", Consulted)) is not None:
            self._announce(earlier.verifier)
        verified = chronicle.recall(self._key("verified"), Verified)
        if verified is not None:
            return verified.model_copy(update={"transfers": ()})
        unsettled = chronicle.recall(self._key("unsettled"), Unsettled)
        return None if unsettled is None else NoVerdict(unsettled.reason, unsettled.judging)

    async def ask(self, report: Result, wait: Wait) -> Verified | NoVerdict:
        """Return the verdict, or why there is none.

        Args:
            report: The answer.
            wait: Within it one waits for so many seconds at most.
        """
        verifier = self.market.verifiers.get(self.lot.origin)
        if verifier is None:
            return NoVerdict("the task has no verifier")
        if isinstance(verifier, Assessor):
            return await self._assess(verifier, report, wait)
        limit = self.market.limits.verify_seconds
        try:
            if isinstance(verifier, Spec):  # it only looks at the answer
                return self._verified(await verifier.verify(self.lot, report), verifier.type)
            with wait(limit) as scope:
                verdict = await self._unhindered(partial(verifier.verify, self.lot, report))
                if not scope.cancel_called:  # who swallows that is late all the same
                    return self._verified(verdict, verifier.type)
        except Exception as error:  # noqa: BLE001 - a verifier may be foreign code too
            return NoVerdict(excuse(FAILED, error))
        return NoVerdict(_late(limit))

    async def _assess(self, verifier: Assessor, report: Result, wait: Wait) -> Verified | NoVerdict:
        """Ask a verifier that takes a process, a bill or a person."""
        if self.held or verifier.announced:
            if self.calls and not self.market.can_hold(self.held):
                return NoVerdict(LOST, self.held)
            await self.market.chronicle.durable(self._announce(verifier.type))
        limit = verifier.seconds
        if limit is None:
            limit = self.market.limits.verify_seconds
        try:
            with wait(limit) as scope:
                found = await self._unhindered(partial(verifier.assess, self.lot, report))
                if not scope.cancel_called:
                    return self._verified(found.verdict, verifier.type, found.cost, found.opinion)
        except VerifierError as error:
            return NoVerdict(excuse(FAILED, error), max(error.cost, ZERO))
        except Exception as error:  # noqa: BLE001 - a verifier may be foreign code too
            return NoVerdict(excuse(FAILED, error), self.held)
        return NoVerdict(_late(limit), self.held)

    async def _unhindered(self, judge: Callable[[], Awaitable[T]]) -> T:
        """Let a verifier judge; one that goes on when its time is over is not waited for."""
        return await self.market.foreign.make("", judge)

    def close(self, cost: Money) -> tuple[Transfer, ...]:
        """Return what bills a verdict and frees what else was held for it."""
        held, self.held = self.held, ZERO
        self.spent = Money(self.spent + cost)
        return spend(held, cost, JUDGING, "bill")

    def break_off(self) -> tuple[Transfer, ...]:
        """Return what ends the hold where no verdict will come: who was asked may have a bill."""
        return self.close(self.held if self.calls else ZERO)

    # ----------------------------------------------------------------------------------------

    def _announce(self, verifier: str) -> int:
        """Note that somebody is asked; a verdict that was lost before is booked as billed."""
        self.calls += 1
        award, transfers = self.award, tuple[Transfer, ...]()
        if self.calls > 1:
            self.spent = Money(self.spent + self.held)
            transfers = (*spend(self.held, self.held, JUDGING, "bill"), *hold(self.held))
        return self.market.chronicle.note(
            Consulted(
                announcement=award.announcement,
                task=award.task,
                worker=award.worker,
                verifier=verifier,
                call=self.calls,
                ceiling=self.held,
                transfers=transfers,
            )
        )

    def _verified(
        self, verdict: Verdict, verifier: str, cost: Money = ZERO, opinion: float | None = None
    ) -> Verified:
        award = self.award
        outcome = Outcome(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            success=verdict.success,
            verifier=verifier,
            detail=verdict.detail[:2000],
        )
        return Verified(outcome=outcome, cost=cost, opinion=opinion)

    def _key(self, event: str) -> str:
        award = self.award
        return f"{event}\t{award.announcement}\t{award.task}\t{award.worker}"


def _late(seconds: float) -> str:
    return f"no verdict within {seconds:g} s"
