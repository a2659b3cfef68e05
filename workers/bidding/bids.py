"""The edge of bidding: asks the model where that can pay, and turns what it knows into bids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from protocols.messages import Announcement, Bid, Lot, Refusal
from protocols.units import ZERO, AnnouncementId, Money
from workers.bidding.rule import PaidRule
from workers.bidding.source import spared
from workers.bidding.unpaid import Learned
from workers.errors import ChatError
from workers.meter import Meter
from workers.prompting import version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from protocols.units import WorkerId
    from workers.bidding.catalog import Rule
    from workers.bidding.plan import Plan
    from workers.bidding.plans import Plans
    from workers.chat import Chat, ChatRequest, Reply
    from workers.ports import Submit
    from workers.prices import Tariff

_NOTE_LIMIT: Final = 2_000


class Bids:
    """Makes the bids of one worker.

    Args:
        worker: In whose name.
        rule: How they are formed.
        plans: What is known of each lot.
        price: What the model costs.
        ceiling: Returns the most that the work of a request can cost.
    """

    def __init__(
        self,
        worker: WorkerId,
        rule: Rule,
        plans: Plans,
        price: Tariff,
        ceiling: Callable[[ChatRequest], Money],
    ) -> None:
        self._worker, self._rule, self._plans = worker, rule, plans
        self._price, self._ceiling = price, ceiling
        self._model = rule.version if isinstance(rule, Learned) else ""

    async def make(
        self,
        announcement: Announcement,
        lots: Iterable[Lot],
        submit: Submit,
        chat: Chat,
        limiter: anyio.CapacityLimiter,
    ) -> None:
        """Submit a bid or a refusal for each lot as it is ready.

        Args:
            announcement: The call for proposals.
            lots: Those of its lots that the worker wants.
            submit: Takes the bids.
            chat: Who answers the questions.
            limiter: How many lots are asked about at the same time.
        """
        number, rule = announcement.announcement, self._rule
        rivals = self._rivals(announcement)

        async def ask(asking: PaidRule, lot: Lot, plan: Plan) -> None:
            async with limiter:
                answer = await self._asked(asking, number, lot, plan, chat)
            plan.answered = True
            submit(answer)

        async with anyio.create_task_group() as group:
            for lot in lots:
                plan = self._plans.announced(lot)
                if not isinstance(rule, PaidRule):
                    submit(self._unpaid(number, lot, plan, rule.type))
                elif plan.pays(rule, lot, rivals):
                    group.start_soon(ask, rule, lot, plan)
                else:
                    submit(self._unpaid(number, lot, plan, spared(rule.type)))

    def _rivals(self, announcement: Announcement) -> list[WorkerId] | None:
        """Return who else is asked; nobody knows where the call does not name this worker either."""
        names = [participant.worker for participant in announcement.participants]
        return [name for name in names if name != self._worker] if self._worker in names else None

    async def _asked(
        self, rule: PaidRule, number: AnnouncementId, lot: Lot, plan: Plan, chat: Chat
    ) -> Bid | Refusal:
        """Ask the model; no usable reply is a refusal, which says why and what it has cost."""
        meter = Meter(self._price, plan.worst)
        try:
            said = rule.read(await _replies(chat, plan.questions, meter))
        except ChatError as error:
            return Refusal(
                announcement=number,
                task=lot.task,
                worker=self._worker,
                charge=meter.cost,
                reason=str(error)[:_NOTE_LIMIT],
            )
        self._plans.take_reply(plan, said, meter.cost)
        return Bid(
            announcement=number,
            task=lot.task,
            worker=self._worker,
            cost=ZERO if plan.answer is not None else plan.cost,
            probability=plan.correction(said.probability) if rule.correct else said.probability,
            ceiling=self._ceiling(plan.work),
            charge=meter.cost,
            source=self._rule.type,
            stated=said.probability,
            note=f"said {said.probability:.4g}; prompts: {_versions(rule.prompt, 'execute')}",
        )

    def _unpaid(self, number: AnnouncementId, lot: Lot, plan: Plan, source: str) -> Bid:
        plan.answered = True
        return Bid(
            announcement=number,
            task=lot.task,
            worker=self._worker,
            cost=plan.cost,
            probability=plan.probability,
            ceiling=self._ceiling(plan.work),
            source=source,
            note=f"prompts: {_versions('execute')}{self._model}",
        )


async def _replies(chat: Chat, questions: Iterable[ChatRequest], meter: Meter) -> list[Reply]:
    """Ask all questions at once; some may fail, but not all."""
    replies: list[Reply] = []
    failures: list[ChatError] = []

    async def ask(question: ChatRequest) -> None:
        try:
            replies.append(await chat.complete(question, meter))
        except ChatError as error:
            failures.append(error)

    async with anyio.create_task_group() as group:
        for question in questions:
            group.start_soon(ask, question)
    if not replies:
        raise failures[0]
    return replies


def _versions(*prompts: str) -> str:
    return ", ".join(f"{name} {version(name)}" for name in prompts)
