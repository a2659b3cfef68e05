"""Makes the plans of a worker and keeps them until the work has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocols.messages import Result
from protocols.units import LARGEST, ZERO, Money, WorkerId
from workers.bidding.card import terms_of
from workers.bidding.plan import Plan
from workers.bidding.rule import PaidRule
from workers.bidding.unpaid import Learned
from workers.bidding.value import Outlook
from workers.dialect import worst_usage
from workers.prices import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocols.messages import Bid, Failure, Lot
    from protocols.units import AnnouncementId, TaskId
    from workers.bidding.catalog import Rule
    from workers.bidding.memory import Memory
    from workers.bidding.said import Said
    from workers.caller import Caller
    from workers.chat import ChatRequest
    from workers.ports import Lesson
    from workers.prices import Tariff

    Key = tuple[TaskId, int, AnnouncementId | None]

_BYTES_PER_TOKEN: Final = 4
_RULES: Final = 600
"""About how long the rules around a task are."""

_KEPT: Final = 4096
"""How many plans are kept; those of lots that were lost go when newer ones come."""


class Plans:
    """Makes and keeps the plans of a worker.

    Args:
        rule: How the worker bids.
        caller: The model that it calls.
        price: What that costs.
        memory: What it has learned.
        work: Writes the request that does the work.
        typical_tokens: The tokens expected of an answer.
    """

    def __init__(
        self,
        rule: Rule,
        caller: Caller,
        price: Tariff,
        memory: Memory,
        work: Callable[[Lot], ChatRequest],
        typical_tokens: int,
    ) -> None:
        self._rule, self._caller, self._price = rule, caller, price
        self._memory, self._work, self._tokens = memory, work, typical_tokens
        self._features = rule.reader() if isinstance(rule, Learned) else None
        self._plans: dict[Key, Plan] = {}

    def announced(self, lot: Lot) -> Plan:
        """Return the plan for a lot that is put up: a new one if it was bid on before."""
        plan = self._plans.get(_key(lot))
        if plan is None or plan.answered:
            plan = self._keep(lot)
        return plan

    def of(self, lot: Lot) -> Plan:
        """Return the plan for a lot as it was when it was last put up."""
        return self._plans.get(_key(lot)) or self._keep(lot)

    def take(self, lesson: Lesson) -> Plan:
        """Return the plan for a lot and forget it: its work has ended.

        A plan of an earlier process is made anew, and what came of it is taken from the bid.
        """
        plan, bid = self.of(lesson.lot), lesson.bid
        del self._plans[_key(lesson.lot)]
        plan.pay = terms_of(lesson.award.contract)
        if not plan.answered and bid.stated is not None:
            self._recall(plan, bid, lesson.report)
        return plan

    def _recall(self, plan: Plan, bid: Bid, report: Result | Failure) -> None:
        """Put down what an earlier process has asked, as far as the bid tells."""
        plan.said, plan.charge = bid.stated, bid.charge
        if isinstance(self._rule, PaidRule) and self._rule.delivers:
            plan.answer = report.answer if isinstance(report, Result) else None
        elif bid.cost != plan.cost:
            plan.guess, plan.basis = Money(round(bid.cost / plan.stated_ratio)), "stated"

    def take_reply(self, plan: Plan, said: Said, charge: Money) -> None:
        """Put down what the model has said, and what that has cost."""
        plan.said, plan.answer, plan.charge = said.probability, said.answer, charge
        if said.tokens is not None:
            tokens = min(said.tokens, self._caller.max_tokens)
            plan.guess, plan.basis = self._guess(plan.work.size, tokens), "stated"
            plan.cost = _scaled(plan.guess, plan.stated_ratio)

    def _guess(self, size: int, tokens: int) -> Money:
        return self._price.cost(Usage(size // _BYTES_PER_TOKEN, tokens))

    def outlook(self, lot: Lot) -> Outlook:
        """Return what the worker would make of a lot by its record, asking nobody."""
        size = len(lot.prompt) + sum(map(len, lot.inputs.values())) + _RULES
        cost = _scaled(self._guess(size, self._tokens), self._memory.ratio(lot.kind, "typical"))
        chance = self._memory.chance(lot.kind)
        ends = (max(0.0, lot.value * end - cost) for end in (chance.low, chance.high))
        return Outlook(*ends)

    def _keep(self, lot: Lot) -> Plan:
        self._plans.pop(_key(lot), None)
        while len(self._plans) >= _KEPT:
            del self._plans[next(iter(self._plans))]
        plan = self._plans[_key(lot)] = self._made(lot)
        return plan

    def _made(self, lot: Lot) -> Plan:
        memory, work, kind = self._memory, self._work(lot), lot.kind
        guess, chance = self._guess(work.size, self._tokens), memory.chance(kind)
        plan = Plan(
            work=work,
            guess=guess,
            cost=_scaled(guess, memory.ratio(kind, "typical")),
            chance=chance,
            probability=chance.mean,
            correction=memory.correction(kind),
            stated_ratio=memory.ratio(kind, "stated"),
        )
        if self._features is not None:
            plan.features = self._features(lot)
            plan.probability = memory.pool.hardness.chance(plan.features, chance.mean)
        if isinstance(self._rule, PaidRule):
            self._prepare(self._rule, plan, lot)
        return plan

    def _prepare(self, rule: PaidRule, plan: Plan, lot: Lot) -> None:
        """Write the questions, unless no reply could be worth its price."""
        memory, worker = self._memory, WorkerId(self._caller.worker)
        questions = rule.questions(self._caller, lot, memory.card(lot.kind))
        plan.worst = Money(sum(self._price.cost(worst_usage(each)) for each in questions))
        plan.price = memory.price(lot.kind, plan.worst)
        plan.later = ZERO if rule.delivers else plan.cost
        if not rule.spare or plan.gain(lot, None) > plan.price:
            plan.questions = questions
            plan.rivals = memory.pool.outlooks(lot, besides=worker) if rule.spare else {}


def _scaled(guess: Money, ratio: float) -> Money:
    """Return a guessed cost corrected by how far such guesses were off."""
    return Money(min(round(guess * ratio), LARGEST))


def _key(lot: Lot) -> Key:
    return lot.task, lot.attempt, lot.parent
