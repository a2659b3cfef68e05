"""From a configuration to objects: the one place where names become things."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from orchestrator.config import GeneratedTasks, RecordsSection, RunConfig, TaskSpec
from orchestrator.errors import ConfigError
from orchestrator.peer_settings import check_judge
from orchestrator.peers.copies import owner_of
from orchestrator.planning.wiring import faults, is_wired
from orchestrator.task import Task
from protocols.errors import TruthbidError
from protocols.units import PRINTABLE, TaskId, units
from workers.bidding.pool import Pool
from workers.chance import uniform
from workers.chat import Chat
from workers.llm import OpenAIWorker
from workers.llm_spec import OpenAISpec
from workers.model_judge import ModelJudge
from workers.named_functions import NamedFunctionError
from workers.planning.catalog import OpenAIPlannerSpec
from workers.planning.planner import Planner
from workers.ports import Verifier, Worker
from workers.record_file import RecordsError
from workers.simulated import SimulatedWorker
from workers.verifiers import Exact, Numeric, Recorded, Surroundings
from workers.verifiers.surroundings import PlacedSpec


class UnusableError(ConfigError):
    """A configuration is well formed, but something that it names cannot be had.

    Attributes:
        loc: Where it is named, as keys and indexes.
    """

    def __init__(self, loc: Sequence[str | int], message: str) -> None:
        super().__init__(f"{'.'.join(map(str, loc))}: {message}")
        self.loc = tuple(loc)


class Fleet(NamedTuple):
    """Who may bid, what is to be done, where relative paths start, and which models judge."""

    workers: list[Worker]
    tasks: list[Task]
    folder: Path
    judges: Mapping[str, ModelJudge] = MappingProxyType({})
    goal: str | None = None
    planner: Planner | None = None


def assemble(config: RunConfig, folder: Path, chat: Chat | None = None) -> Fleet:
    """Return the workers and tasks of a configuration.

    Args:
        config: The configuration.
        folder: Where its relative paths start.
        chat: Who answers all model calls in place of the endpoints, which then need no key.

    Raises:
        UnusableError: If a file that it names cannot be used, a worker lacks its key or its price,
            or two workers or tasks have one name.
    """
    workers = _workers(config, folder, chat)
    judges = _judges(config, folder, chat)
    around = Surroundings(folder, frozenset(config.commands), judges)
    tasks = [
        Task(
            task.prompt,
            value=units(task.value),
            verify=_verifier(task, place, around),
            kind=task.kind,
            reserve=None if task.reserve is None else units(task.reserve),
            needs=task.needs,
            id=task.id,
            redundancy=task.redundancy,
            each=task.each,
        )
        for place, task in enumerate(config.tasks)
    ]
    if config.generate is not None:
        tasks += _generated(config.generate, config.seed)
    if config.records is not None:
        replayed = _replayed(config.records, config.seed, folder)
        workers += replayed.workers
        tasks += replayed.tasks
    _check_owners(workers, tasks)
    _check_names("workers", [worker.name for worker in workers], len(config.workers))
    _check_names("tasks", [task.id for task in tasks], len(config.tasks))
    _check_wiring(tasks)
    return Fleet(workers, tasks, folder, judges, config.goal, _planner(config, folder, chat))


def free_path(config: RunConfig, exists: Callable[[Path], bool] = Path.exists) -> Path:
    """Return the journal file of a run: as configured, else the next free number."""
    if config.journal is not None:
        return Path(config.journal)
    numbered = (Path("runs") / f"{config.name}-{number:03}.db" for number in range(1, 10**6))
    return next(path for path in numbered if not exists(path))


def _workers(config: RunConfig, folder: Path, chat: Chat | None) -> list[Worker]:
    """Return the workers of a configuration; models that we run ourselves learn together."""
    pool = Pool()
    answers = {TaskId(task.id): answer for task in config.tasks if (answer := _accepted(task))}
    labels = config.generate.labels if config.generate is not None else ()
    if config.generate is not None and labels:
        answers |= _labelled(config.generate, config.seed)
    workers: list[Worker] = []
    for place, spec in enumerate(config.workers):
        try:
            if isinstance(spec, OpenAISpec):
                worker: Worker = spec.build(config.seed, chat, folder)
            else:
                worker = spec.build(config.seed)
        except (TruthbidError, ValueError) as error:
            raise UnusableError(("workers", place, *_below(error)), _reason(error)) from error
        if isinstance(worker, SimulatedWorker):
            worker.answers = answers
            worker.labels = labels
        if isinstance(worker, OpenAIWorker) and not worker.participant.payable:
            worker.join(pool)
        workers.append(worker)
    return workers


def _judges(config: RunConfig, folder: Path, chat: Chat | None) -> Mapping[str, ModelJudge]:
    judges: dict[str, ModelJudge] = {}
    for place, spec in enumerate(config.judges):
        try:
            judges[spec.id] = spec.build(folder, chat)
        except (TruthbidError, ValueError, OSError) as error:
            raise UnusableError(("judges", place), _reason(error)) from error
    try:
        check_judge(config.peers, judges)
    except ValueError as error:
        raise UnusableError(("peer", "classes", "judge"), _reason(error)) from error
    return judges


def _verifier(task: TaskSpec, place: int, around: Surroundings) -> Verifier | None:
    if not isinstance(task.verify, PlacedSpec):
        return task.verify
    try:
        return task.verify.place(around)
    except (TruthbidError, ValueError) as error:
        raise UnusableError(("tasks", place, "verify", *_below(error)), _reason(error)) from error


def _planner(config: RunConfig, folder: Path, chat: Chat | None) -> Planner | None:
    spec = config.planner
    if spec is None:
        return None
    try:
        if isinstance(spec, OpenAIPlannerSpec):
            return spec.build(folder, chat)
        return spec.build(folder)
    except (TruthbidError, ValueError, OSError) as error:
        raise UnusableError(("planner",), _reason(error)) from error


def _check_wiring(tasks: Sequence[Task]) -> None:
    """Refuse quotes and lists that cannot work."""
    if any(map(is_wired, tasks)):
        for fault in faults(tasks):
            raise UnusableError(("tasks", fault.place, fault.field), fault.message)


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
        kind = names[bisect_right(bounds, draw, hi=len(bounds) - 1)]
        factor = 1 + spec.spread * (2 * uniform(seed, "value", number) - 1)
        value = units(round(spec.value * factor))
        prompt, verify = f"{kind} {number}", None if spec.labels else Recorded()
        yield Task(prompt, value, verify, kind, id=f"t{number}", redundancy=spec.redundancy)


def _labelled(spec: GeneratedTasks, seed: int) -> dict[TaskId, str]:
    """Draw the true labels; only workers that simulate know them."""
    labels = spec.labels
    return {
        TaskId(f"t{number}"): labels[int(uniform(seed, "label", number) * len(labels))]
        for number in range(1, spec.count + 1)
    }


def _replayed(section: RecordsSection, seed: int, folder: Path) -> Fleet:
    if not (folder / section.path).exists() and Path(section.path).exists():
        folder = Path()  # given on the command line, relative to where it was typed
    try:
        replay = section.build(seed, folder)
    except (RecordsError, ValueError) as error:
        raise UnusableError(("records",), _reason(error)) from error
    for question in replay.questions:
        if not PRINTABLE.fullmatch(question.kind):
            raise UnusableError(
                ("records",), f"{question.kind[:60]!r} is no kind that can be shown"
            )
    value = units(section.value)
    tasks = [
        Task(
            question.prompt,
            value,
            Recorded(),
            question.kind,
            id=question.task,
            redundancy=section.redundancy,
        )
        for question in replay.questions
    ]
    return Fleet(list(replay.workers), tasks, folder)


def _check_owners(workers: Sequence[Worker], tasks: Sequence[Task]) -> None:
    """Refuse a redundancy that the workers cannot give."""
    owners = len({owner_of(worker.participant) for worker in workers})
    most = max((task.redundancy for task in tasks), default=1)
    if most > max(owners, 1):
        message = f"a redundancy of {most} takes as many owners; these workers have {owners}"
        raise UnusableError(("workers",), message)


def _check_names(section: str, names: Sequence[str | None], written: int) -> None:
    """Refuse a name that is written in the file and comes from records or a generator as well."""
    made = set(names[written:])
    for name in made:
        if name and not PRINTABLE.fullmatch(name):
            raise UnusableError(("records",), f"{name[:60]!r} is no name that can be shown")
    for place, name in enumerate(names[:written]):
        if name in made:
            message = f"the id {name!r} is also that of a recorded or generated one"
            raise UnusableError((section, place, "id"), message)
    if len(made) < len(names) - written:
        raise UnusableError(("generate",), f"its {section} have the names of recorded ones")


def _below(error: Exception) -> tuple[str | int, ...]:
    """Return where in a section the error lies, if it says so."""
    return error.loc if isinstance(error, NamedFunctionError) else ()


def _reason(error: Exception) -> str:
    """Return what is wrong in one line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return " ".join(str(error).split())
