"""A small market of workers that label tasks; the tests know which label is right."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import anyio
from anyio.lowlevel import checkpoint

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.task import Task, TaskResult
from protocols.events import Event
from workers.chance import uniform
from workers.function import FunctionWorker
from workers.ports import Worker

LABELS = ("cat", "dog", "horse")


def truth(prompt: str) -> str:
    """Return the right label of a task."""
    return LABELS[int(uniform(0, "truth", prompt) * len(LABELS))]


def labeller(name: str, accuracy: float) -> Callable[[str], str]:
    """Return a function that is right so often."""

    def label(prompt: str) -> str:
        if uniform(1, name, prompt) < accuracy:
            return truth(prompt)
        others = [each for each in LABELS if each != truth(prompt)]
        return others[int(uniform(2, name, prompt) * len(others))]

    return label


def slowly(function: Callable[[str], str]) -> Callable[[str], Awaitable[str]]:
    """Return the same function, for a worker that is not instant."""

    async def label(prompt: str) -> str:
        await checkpoint()
        return function(prompt)

    return label


def fleet(
    accuracies: Mapping[str, float], *, payable: bool = False, family: str | None = None
) -> list[Worker]:
    """Return a worker for each name, every other one not instant; each has its own owner.

    Args:
        accuracies: How often each is right.
        payable: Whether they are paid in cash.
        family: The family of all of them; each its own if left out.
    """
    workers: list[Worker] = []
    for place, (name, accuracy) in enumerate(accuracies.items()):
        function = labeller(name, accuracy)
        workers.append(
            FunctionWorker(
                name,
                slowly(function) if place % 2 else function,
                cost=0.001 * (1 + place),
                confidence=accuracy,
                owner=f"owner of {name}",
                family=family or f"family of {name}",
                payable=payable,
            )
        )
    return workers


GOOD = {"ann": 0.9, "bob": 0.8, "cy": 0.85, "dee": 0.7}


def label_tasks(count: int, redundancy: int = 3) -> list[Task]:
    """Return tasks without a verifier, worth 0.3 each."""
    return [
        Task(f"picture {number}", 0.3, id=f"p{number}", redundancy=redundancy)
        for number in range(count)
    ]


def run(
    path: Path,
    workers: Iterable[Worker],
    tasks: Sequence[Task],
    *,
    backend: str = "asyncio",
    budget: float | None = None,
    mechanism: str = "vcg",
    peer: Mapping[str, object] | None = None,
    resume: bool = False,
    attempts: int = 2,
) -> list[TaskResult]:
    """Have tasks done in one market and return how each has ended."""

    async def work() -> list[TaskResult]:
        market = Coordinator(
            workers,
            mechanism=mechanism,
            budget=budget,
            journal=path,
            seed=3,
            limits=Limits(batch=8, attempts=attempts),
            peer={"mechanism": "dasgupta-ghosh"} if peer is None else peer,
            resume=resume,
        )
        async with market:
            return await market.run_all(tasks)

    return anyio.run(partial(work), backend=backend)


def events(path: Path) -> list[Event]:
    """Return the events of a journal."""
    with Record(path) as record:
        return [entry.event for entry in record.entries()]
