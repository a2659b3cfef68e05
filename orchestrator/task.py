"""What a person writes to have something done, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self, cast

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.agenda import State
from orchestrator.auction.execution import Ending
from protocols.contract import Settlement
from protocols.messages import Award, Lot, Outcome, Result
from protocols.units import Money, Name, TaskId, money
from workers.ports import Verifier
from workers.spec import Several, Spec, Written

MOST_ITEMS = 1_000


class Each(Spec):
    """The list for each item of which a task is done.

    >>> Each(items=("Ulm", "Bonn")).most
    20
    """

    items: Annotated[
        Several[Written] | None,
        Field(min_length=1, max_length=MOST_ITEMS, description="The items, where they are known."),
    ] = None
    answer: Annotated[
        Name | None, Field(description="The task whose answer is the list, as JSON.")
    ] = None
    most: Annotated[
        int, Field(ge=1, le=MOST_ITEMS, description="The most items that the answer may have.")
    ] = 20

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.items is None) == (self.answer is None):
            raise ValueError("give either items or the answer of a task")
        return self


def _written(value: object) -> object:
    if isinstance(value, list):
        return {"items": cast("list[object]", value)}
    return {"answer": value} if isinstance(value, str) else value


EachSpec = Annotated[
    Each, BeforeValidator(_written, json_schema_input_type=Each | list[str | int] | str)
]
"""Written as ``[a, b]``, as ``TASK`` or as ``{answer: TASK, most: 9}``."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done, and what it is worth.

    Args:
        prompt: What is to be done. Where the task needs others, ``{{ answers.ID }}`` quotes the
            answer of one of them; the rest are given as inputs.
        value: What a success is worth, in units of the currency.
        verify: Who decides whether an answer is a success; without one the task ends unsettled.
        kind: The sort of work; standings are kept per worker and kind.
        reserve: The most that you would pay for the work, the value if left out.
        needs: The ids of tasks that must be solved first; their answers become its inputs.
        id: Unique within the run; given by the coordinator if left out.
        redundancy: To how many workers of different owners it goes; from 2 on their answers are
            compared, and a verifier is not needed.
        each: Do the task once for each item of a list; ``{{ item }}`` quotes the item, and the
            value is that of one item.
        reads: The needed tasks whose answers the prompt quotes already.

    >>> Task("What is 17 * 23?", value="0.05").lot("t1").value
    50000000
    """

    prompt: str
    value: Decimal | str | float
    verify: Verifier | None = None
    kind: str = "task"
    reserve: Decimal | str | float | None = None
    needs: Sequence[str] = ()
    id: str | None = None
    redundancy: int = 1
    each: Each | None = None
    reads: Sequence[str] = ()

    def lot(self, name: str) -> Lot:
        """Return the task as workers may see it: without the verifier, in nano-units."""
        value = money(self.value)
        reserve = value if self.reserve is None else Money(min(value, money(self.reserve)))
        return Lot(
            task=TaskId(self.id or name),
            kind=self.kind,
            prompt=self.prompt,
            value=value,
            reserve=reserve,
        )


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How a task ended.

    Attributes:
        task: Its id.
        state: ``solved``, or why not.
        reason: More about the state, in words.
        answer: What the last worker produced, if anything.
        award: The last award: who, under which contract, and why.
        outcome: What the verifier said.
        settlement: What was scored and is owed.
        attempts: How often the task was announced.
    """

    task: TaskId
    state: State
    reason: str
    answer: str | None
    award: Award | None
    outcome: Outcome | None
    settlement: Settlement | None
    attempts: int

    @property
    def solved(self) -> bool:
        """Whether the task was solved."""
        return self.state == "solved"


def task_result(ending: Ending) -> TaskResult:
    """Return an ending as people get it."""
    return TaskResult(
        task=ending.lot.task,
        state=ending.state,
        reason=ending.reason,
        answer=ending.report.answer if isinstance(ending.report, Result) else None,
        award=ending.award,
        outcome=ending.outcome,
        settlement=ending.settlement,
        attempts=ending.lot.attempt,
    )
