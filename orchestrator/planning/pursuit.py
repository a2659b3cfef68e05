"""From a goal to its answer: plan, have the tasks done, plan again what was left open."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.agenda import State
from orchestrator.auction.execution import Ending
from orchestrator.entrance import OnEnd
from orchestrator.planning.course import Course
from orchestrator.planning.errors import PlanningError
from orchestrator.planning.maker import Maker
from orchestrator.planning.settings import PlanningSettings
from orchestrator.task import Task, TaskResult, task_result
from protocols.units import Money, TaskId, money
from workers.planning.draft import Brief, Done

Follow = Callable[[Course, OnEnd], Awaitable[None]]
"""Has the tasks of a course done."""

OnPlan = Callable[[Sequence[Task], int], None]
"""Is shown a plan and its number before any of its tasks is announced; may raise."""

_QUOTED: Final = 4_000
"""Characters of an answer that a planner is shown."""

_FAILED: Final[frozenset[State]] = frozenset({"failed", "unsold", "unsettled"})
"""How a task ends that another plan may do without."""

_FINAL: Final[frozenset[State]] = frozenset({"unfunded"})
"""After this no plan helps."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What became of a goal.

    Attributes:
        goal: What was to be reached.
        solved: Whether every task of the last plan was solved.
        reason: Why not.
        answer: What the last task of the last plan has produced, if it was solved.
        plans: The tasks of each plan.
        results: How the tasks of all plans ended, in their order.
        announced: The tasks of all plans as they were announced, those done for each item apart.
        cost: The cash that planning has cost, in nano-units; the tasks are not in it.
    """

    goal: str
    solved: bool
    reason: str
    answer: str | None
    plans: tuple[tuple[Task, ...], ...]
    results: tuple[TaskResult, ...]
    announced: tuple[Task, ...]
    cost: Money

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data; money in nano-units."""
        return {
            "goal": self.goal,
            "solved": self.solved,
            "reason": self.reason,
            "answer": self.answer,
            "plans": [[task.id for task in plan] for plan in self.plans],
            "cost": self.cost,
        }


def first_brief(
    goal: str, settings: PlanningSettings, budget: Money | None, currency: str
) -> Brief:
    """Return what a planner is told first.

    Raises:
        ValueError: If neither the settings nor a budget say what the goal is worth.
    """
    value = budget if settings.value is None else settings.value
    if value is None:
        raise ValueError("nobody says what the goal is worth: give a budget or planning's value")
    return Brief(
        goal=goal,
        kinds=settings.kinds or {"task": ""},
        checks=settings.all_checks,
        judge=settings.judge,
        tasks=settings.tasks,
        items=settings.items,
        value=value,
        currency=currency,
    )


async def pursue(first: Brief, maker: Maker, follow: Follow, on_plan: OnPlan | None) -> Solution:
    """Plan a goal and have its tasks done, as often as the settings allow.

    A new plan is made when all tasks of the one before have ended and some failed for good. It
    builds on what was solved, and may be worth what the solved tasks have left over.

    Args:
        first: The brief of the first plan.
        maker: Makes the plans.
        follow: Has tasks done.
        on_plan: Is shown each plan.

    Raises:
        PlanningError: If there is no first plan, or ``on_plan`` does not want one.
    """
    pursuit = _Pursuit(first)
    for number in range(1, maker.settings.replans + 2):
        try:
            tasks = await maker.make(pursuit.brief(number))
        except PlanningError as error:
            if number == 1:
                raise
            pursuit.reason = str(error)
            break
        if on_plan is not None:
            on_plan(tasks, number)
        await pursuit.carry_out(tasks, follow)
        if not pursuit.may_improve:
            break
    return pursuit.solution(Money(maker.cost))


class _Pursuit:
    """What the plans of one goal have come to so far."""

    def __init__(self, first: Brief) -> None:
        self.reason = ""
        self._first = first
        self._left = first.value
        self._plans: list[tuple[Task, ...]] = []
        self._results: list[TaskResult] = []
        self._last: list[TaskResult] = []
        self._done: list[Done] = []
        self._announced: list[Task] = []
        self._course: Course | None = None

    def brief(self, number: int) -> Brief:
        """Return what the planner is to be told now."""
        now = {"number": number, "value": self._left, "done": tuple(self._done)}
        return self._first.model_copy(update=now)

    async def carry_out(self, tasks: tuple[Task, ...], follow: Follow) -> None:
        """Have the tasks of a plan done and remember how each ended."""
        course = Course(tasks, self._course.solved if self._course is not None else None)
        results: dict[TaskId, TaskResult] = {}

        def note(ending: Ending) -> None:
            results[ending.lot.task] = task_result(ending)

        await follow(course, note)
        self._course = course
        self._plans.append(tasks)
        self._announced += course.handed
        self._last = [course.result(task, results) for task in tasks]
        self._results += self._last
        for task, result in zip(tasks, self._last, strict=True):
            self._done.append(_done(task, result))
            self._left = Money(self._left - _earned(task, course, results))
        broken = next((each for each in self._last if each.state in _FINAL | _FAILED), None)
        self.reason = f"task {broken.task!r} is {broken.state}" if broken is not None else ""

    @property
    def may_improve(self) -> bool:
        """Whether another plan could help: something failed, and there is something left."""
        states = {result.state for result in self._last}
        return bool(states & _FAILED) and not states & _FINAL and self._left > 0

    def solution(self, cost: Money) -> Solution:
        """Return what it all came to."""
        return Solution(
            goal=self._first.goal,
            solved=all(result.solved for result in self._last),
            reason=self.reason,
            answer=self._last[-1].answer if self._last[-1].solved else None,
            plans=tuple(self._plans),
            results=tuple(self._results),
            announced=tuple(self._announced),
            cost=cost,
        )


def _done(task: Task, result: TaskResult) -> Done:
    return Done(
        id=result.task,
        kind=task.kind,
        prompt=task.prompt,
        state=result.state,
        reason=result.reason[:_QUOTED],
        answer=(result.answer or "")[:_QUOTED],
        many=task.each is not None,
    )


def _earned(task: Task, course: Course, results: Mapping[TaskId, TaskResult]) -> int:
    """Return what the solved parts of a task were worth."""
    solved = sum(results[part].solved for part in course.entered[str(task.id)])
    return money(task.value) * solved
