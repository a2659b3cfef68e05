"""Answers put into classes by a judge, each when the announcement closes in which it was given.

Announcements close in one order, whatever the timing, and so do the answers to one task come: each
is compared with the first answer of every class there is, in the order of the classes, until one is
the same; else it founds a class. So an answer is in one class with everything that was found to be
the same as its first answer, and no pair is asked about twice. Answers that differ in case, spaces
and final punctuation alone are the same without asking.

What asking can cost is held before, and noted; verdicts are inputs of a replay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import anyio

from orchestrator.auction.execution import Ending
from orchestrator.foreign import excuse
from orchestrator.market import Market
from orchestrator.memory.ledger import JUDGING, hold, spend
from protocols.consultation import Compared, Consulted
from protocols.messages import Lot, Result
from protocols.units import ZERO, Money, TaskId
from workers.meter import Meter
from workers.verifiers import normalised

if TYPE_CHECKING:
    from protocols.contract import Transfer
    from workers.model_judge import ModelJudge

NO_ROOM: Final = "the budget has no room for comparing the answer with those of its peers"

_AT_ONCE: Final = 16
"""So many tasks have their answers compared at once."""


@dataclass(slots=True)
class Classes:
    """The answers to one task, sorted.

    Attributes:
        names: The first answer of each class, in their order.
        labels: The class of each copy.
        reasons: Why a copy that was answered has no class.
    """

    names: list[str] = field(default_factory=list[str])
    labels: dict[TaskId, str] = field(default_factory=dict[TaskId, str])
    reasons: dict[TaskId, str] = field(default_factory=dict[TaskId, str])
    _plain: dict[str, str] = field(default_factory=dict[str, str])

    def find(self, answer: str) -> str | None:
        """Return the class of an answer that need not be asked about."""
        return self._plain.get(normalised(answer))

    def take(self, answer: str, compared: Compared) -> None:
        """Note what an answer was found to be."""
        if compared.label is None:
            self.reasons[compared.task] = compared.reason
            return
        if compared.label not in self.names:
            self.names.append(compared.label)
        self.labels[compared.task] = compared.label
        self._plain[normalised(answer)] = compared.label


@dataclass(slots=True)
class _Question:
    """One answer that has to get its class, and what was asked about it before."""

    classes: Classes
    lot: Lot
    result: Result
    calls: int = 0
    held: Money = ZERO
    lost: Money = ZERO

    @property
    def about(self) -> str:
        return f"{self.result.announcement}\t{self.result.task}"


class Comparison:
    """Sorts answers into classes by asking a judge.

    Args:
        market: The run.
        judge: The name of the judge; it is not there in a replay.
    """

    def __init__(self, market: Market, judge: str) -> None:
        self._market = market
        self._chronicle = market.chronicle
        self._name = judge

    async def sort(self, waiting: Sequence[tuple[Classes, Sequence[Ending]]]) -> None:
        """Give each answer that waits its class, or the reason why it has none.

        Raises:
            RecordEndsError: In a replay, if the record does not say.
        """
        open_questions: list[list[_Question]] = []
        for classes, endings in waiting:
            asked = [_Question(classes, ending.lot, _result(ending)) for ending in endings]
            left = [each for each in asked if not self._recall(each)]
            if left:
                self._chronicle.await_input()
                open_questions.append(left)
        if open_questions:
            await self._ask_all(open_questions)

    async def _ask_all(self, tasks: Sequence[Sequence[_Question]]) -> None:
        """Ask about several tasks at once, and about the answers to one of them in their order."""
        broken: list[Exception] = []
        budget, judge = self._market.budget, self._market.judges[self._name]
        planned = 0
        limiter = anyio.CapacityLimiter(_AT_ONCE)

        async def ask_about(questions: Sequence[_Question], has_room: bool) -> None:
            try:
                async with limiter:
                    for question in questions:
                        await self._ask(judge, question, has_room=has_room)
            except Exception as error:  # noqa: BLE001 - a group would wrap it
                broken.append(error)

        async with anyio.create_task_group() as group:
            for questions in tasks:
                most = _most(judge, questions)
                has_room = budget.has_room(planned + most)
                planned += most if has_room else 0
                group.start_soon(ask_about, questions, has_room)
        if broken:
            raise broken[0]

    # One answer -----------------------------------------------------------------------------

    def _recall(self, question: _Question) -> bool:
        """Take what earlier processes have asked; return whether they got a verdict."""
        chronicle, key = self._chronicle, f"consulted\t{question.about}"
        while (old := chronicle.recall(f"{key}\t{question.calls + 1}", Consulted)) is not None:
            chronicle.note(self._consulted(question, old.ceiling))
        compared = chronicle.recall(f"compared\t{question.about}", Compared)
        if compared is not None:
            self._conclude(question, compared)
        return compared is not None

    async def _ask(self, judge: "ModelJudge", question: _Question, *, has_room: bool) -> None:
        answer, classes = question.result.answer, question.classes
        label = classes.find(answer)  # a verdict that was lost is billed all the same
        if label is None and not (classes.names and judge.reads(answer)):
            label = answer
        if label is not None:
            self._conclude(question, self._compared(question, label, 0, question.held))
            return
        ceiling = _ceiling(judge, question.lot, answer, classes.names)
        if not (has_room and self._market.can_hold(ceiling)):
            self._conclude(question, self._compared(question, None, 0, question.held, NO_ROOM))
            return
        chronicle = self._chronicle
        await chronicle.durable(chronicle.note(self._consulted(question, ceiling)))
        meter = judge.meter(ceiling)
        asked, label, reason = await self._find(judge, question, meter)
        self._conclude(question, self._compared(question, label, asked, meter.cost, reason))

    async def _find(
        self, judge: "ModelJudge", question: _Question, meter: Meter
    ) -> tuple[int, str | None, str]:
        """Return how many pairs were asked about, the class, and why there is none."""
        limit, asked = self._market.limits.verify_seconds, 0
        answer, classes = question.result.answer, question.classes
        try:
            with anyio.move_on_after(limit):
                for name in classes.names:
                    asked += 1
                    if await judge.same(question.lot, (name, answer), meter):
                        return asked, name, ""
                return asked, answer, ""
        except Exception as error:  # noqa: BLE001 - a judge may be foreign code
            return asked, None, excuse(f"the judge {judge.name!r} gives no verdict: ", error)
        return asked, None, f"no verdict of the judge {judge.name!r} within {limit:g} s"

    def _consulted(self, question: _Question, ceiling: Money) -> Consulted:
        """Return the event of a call; a verdict that was lost before is booked as billed."""
        lost: tuple[Transfer, ...] = ()
        if question.calls:
            lost = spend(question.held, question.held, JUDGING, "bill")
            question.lost = Money(question.lost + question.held)
        question.calls += 1
        question.held = ceiling
        return Consulted(
            announcement=question.result.announcement,
            task=question.result.task,
            verifier=self._name,
            call=question.calls,
            ceiling=ceiling,
            transfers=(*lost, *hold(ceiling)),
        )

    def _compared(
        self,
        question: _Question,
        label: str | None,
        asked: int = 0,
        cost: Money = ZERO,
        reason: str = "",
    ) -> Compared:
        return Compared(
            announcement=question.result.announcement,
            task=question.result.task,
            judge=self._name,
            label=label,
            asked=asked,
            cost=cost,
            reason=reason,
        )

    def _conclude(self, question: _Question, compared: Compared) -> None:
        transfers = spend(question.held, compared.cost, JUDGING, "bill")
        self._chronicle.note(compared.model_copy(update={"transfers": transfers}))
        self._market.budget.take(question.lost + compared.cost)
        question.classes.take(question.result.answer, compared)


def _result(ending: Ending) -> Result:
    assert isinstance(ending.report, Result)  # noqa: S101 - only answers wait for peers
    return ending.report


def _ceiling(judge: "ModelJudge", lot: Lot, answer: str, names: Sequence[str]) -> Money:
    return Money(sum(judge.same_ceiling(lot, (name, answer)) for name in names))


def _most(judge: "ModelJudge", questions: Sequence[_Question]) -> int:
    """Return the most that sorting some answers to one task can cost: if no two are the same."""
    names = list(questions[0].classes.names)
    total = 0
    for question in questions:
        answer, lot = question.result.answer, question.lot
        if judge.reads(answer) and question.classes.find(answer) is None:
            total += _ceiling(judge, lot, answer, names)
        names.append(answer)
    return total
