"""From a configuration to objects: the one place where names become things."""

from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from orchestrator.config import GeneratedTasks, RecordsSection, RunConfig, TaskSpec
from orchestrator.coordinator import Coordinator
from orchestrator.errors import InputError, Problem
from orchestrator.recorded_config import FOLDER, WORKFLOW
from orchestrator.task import Task
from protocols.units import TaskId, units
from workers.chance import uniform
from workers.ports import Worker
from workers.record_file import RecordsError
from workers.simulated import SimulatedWorker
from workers.verifiers import Exact, Numeric, Recorded


class Fleet(NamedTuple):
    """Who may bid and what is to be done, and where relative paths start."""

    workers: list[Worker]
    tasks: list[Task]
    folder: Path


def assemble(config: RunConfig, folder: Path) -> Fleet:
    """Return the workers and tasks of a configuration.

    Args:
        config: The configuration.
        folder: Where its relative paths start.

    Raises:
        InputError: If a file that it names cannot be used.
    """
    answers = {TaskId(task.id): answer for task in config.tasks if (answer := _accepted(task))}
    workers: list[Worker] = []
    for spec in config.workers:
        worker = spec.build(config.seed)
        if isinstance(worker, SimulatedWorker):
            worker.answers = answers
        workers.append(worker)
    tasks = [
        Task(
            task.prompt,
            value=units(task.value),
            verify=task.verify,
            kind=task.kind,
            reserve=None if task.reserve is None else units(task.reserve),
            needs=task.needs,
            id=task.id,
        )
        for task in config.tasks
    ]
    if config.generate is not None:
        tasks += _generated(config.generate, config.seed)
    if config.records is not None:
        replayed = _replayed(config.records, config.seed, folder)
        workers += replayed.workers
        tasks += replayed.tasks
    return Fleet(workers, tasks, folder)


def coordinator(
    config: RunConfig, fleet: Fleet, journal: Path | None, *, resume: bool = False
) -> Coordinator:
    """Return the market that a configuration describes."""
    return Coordinator(
        fleet.workers,
        mechanism=config.mechanism.model_dump(),
        budget=None if config.budget is None else units(config.budget),
        journal=journal,
        seed=config.seed,
        currency=config.currency,
        limits=config.market,
        config={WORKFLOW: config.model_dump(mode="json"), FOLDER: str(fleet.folder)},
        resume=resume,
    )


def free_path(config: RunConfig, exists: Callable[[Path], bool] = Path.exists) -> Path:
    """Return the journal file of a run: as configured, else the next free number."""
    if config.journal is not None:
        return Path(config.journal)
    numbered = (Path("runs") / f"{config.name}-{number:03}.db" for number in range(1, 10**6))
    return next(path for path in numbered if not exists(path))


def _accepted(task: TaskSpec) -> str | None:
    """Return an answer that the verifier of a task accepts, for workers that only simulate."""
    match task.verify:
        case Exact(answer=answers):
            return answers[0]
        case Numeric(value=value):
            return str(value)
        case _:
            return None


def _generated(spec: GeneratedTasks, seed: int) -> Iterator[Task]:
    names = list(spec.kinds)
    bounds = list(accumulate(spec.kinds.values()))
    for number in range(1, spec.count + 1):
        draw = uniform(seed, "kind", number) * bounds[-1]
        kind = next(name for name, bound in zip(names, bounds, strict=True) if draw < bound)
        factor = 1 + spec.spread * (2 * uniform(seed, "value", number) - 1)
        value = units(round(spec.value * factor))
        yield Task(f"{kind} {number}", value, Recorded(), kind, id=f"t{number}")


def _replayed(section: RecordsSection, seed: int, folder: Path) -> Fleet:
    if not (folder / section.path).exists() and Path(section.path).exists():
        folder = Path()  # given on the command line, relative to where it was typed
    try:
        replay = section.build(seed, folder)
    except RecordsError as error:
        raise InputError([Problem("records:", str(error))]) from error
    value = units(section.value)
    tasks = [
        Task(question.prompt, value, Recorded(), question.kind, id=question.task)
        for question in replay.questions
    ]
    return Fleet(list(replay.workers), tasks, folder)
