"""A swap in a file: who holds which task, and who would rather have which."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from protocols.top_trading_cycles import swap
from protocols.units import Name
from workers.spec import Several, Spec


class SwapFile(Spec):
    """Tasks that are awarded already, to be swapped among the workers that hold them."""

    mechanism: Annotated[
        Literal["top-trading-cycles"], Field(description="The rule; there is one.")
    ] = "top-trading-cycles"
    holders: Annotated[
        dict[Name, Name], Field(min_length=1, description="The worker that holds each task.")
    ]
    preferences: Annotated[
        dict[Name, Several[Name]],
        Field(description="Of each worker the tasks that it would rather have, best first."),
    ]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: dict[str, str] = {}
        for task, worker in self.holders.items():
            if worker in seen:
                raise _wrong(f"{worker!r} holds {seen[worker]!r} already", "holders", task)
            seen[worker] = task
        for worker, tasks in self.preferences.items():
            if worker not in seen:
                raise _wrong(f"{worker!r} holds no task to give", "preferences", worker)
            for place, task in enumerate(tasks):
                if task not in self.holders:
                    raise _wrong(f"nobody holds {task!r}", "preferences", worker, place)
                if task in tasks[:place]:
                    raise _wrong(f"{task!r} is named twice", "preferences", worker, place)
        return self

    def clear(self) -> dict[str, str]:
        """Return who holds which task after the swaps, as task -> worker."""
        return swap(self.holders, self.preferences)


def explain_swap(file: SwapFile, holders: dict[str, str]) -> Iterator[str]:
    """Yield one sentence for each worker, and one for all.

    Args:
        file: What was held and wanted.
        holders: Who holds which task afterwards.
    """
    after = {worker: task for task, worker in holders.items()}
    moved = 0
    for task, worker in file.holders.items():
        wanted = file.preferences.get(worker, ())
        if after[worker] == task:
            yield f"{worker} keeps {task}."
        else:
            moved += 1
            place = wanted.index(after[worker]) + 1
            yield f"{worker} gives {task} and takes {after[worker]}, its choice number {place}."
    yield (
        f"{moved} of {len(file.holders)} tasks change hands, by {file.mechanism}: nobody has a task"
        " that it likes less than its own."
    )


def _wrong(message: str, *at: str | int) -> PydanticCustomError:
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "at": at})
