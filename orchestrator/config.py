"""The schema of a workflow: what a file in ``configs/`` may say."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from orchestrator.guard_settings import GuardSettings
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.caps import BudgetSettings
from orchestrator.peer_settings import PeerSettings
from orchestrator.planning.settings import PlanningSettings
from orchestrator.strict_yaml.explanation import hint
from orchestrator.task import EachSpec
from protocols.catalog import MECHANISMS, ContingentVcgSettings, MechanismSettings
from protocols.units import Name, Printable, Text, Units
from scoring.catalog import SCORING_RULES
from workers.catalog import VerifierSpec, WorkerSpec
from workers.judge_spec import JudgeSpec
from workers.planning.catalog import PlannerSpec
from workers.recorded import RecordsSpec
from workers.simulated import OTHERWISE, SimulatedSpec
from workers.spec import ParticipantSpec, Several, Shorthand, Spec

Redundancy = Annotated[
    int,
    Field(
        ge=1,
        le=100,
        description="To how many workers of different owners it goes; peers judge them.",
    ),
]

Mechanism = Annotated[MechanismSettings, Shorthand("name", dict.fromkeys(MECHANISMS))]


class TaskSpec(Spec):
    """Something to be done, and what it is worth."""

    id: Annotated[str, Printable, Field(description="Unique in the run.")]
    prompt: Annotated[
        Text,
        Field(description="What is to be done; {{ answers.ID }} quotes a task that it needs."),
    ]
    kind: Annotated[
        Name, Field(description="The sort of work; standings are kept per worker and kind.")
    ] = "task"
    value: Annotated[Units, Field(description="What a success is worth, in units.")]
    reserve: Annotated[
        Units | None,
        Field(description="The most you would pay for the work; the value if left out."),
    ] = None
    needs: Annotated[
        Several[Name],
        Field(description="Tasks that must be solved first; their answers are inputs."),
    ] = ()
    verify: Annotated[
        VerifierSpec | None,
        Field(
            description="Who decides; without it, and without redundancy, the task ends unsettled."
        ),
    ] = None
    redundancy: Redundancy = 1
    each: Annotated[
        EachSpec | None,
        Field(description="A list: the task is done for each item, which {{ item }} quotes."),
    ] = None


class RecordsSection(RecordsSpec):
    """Recorded outcomes as workers and tasks, and what their tasks are worth."""

    value: Annotated[Units, Field(description="What a right answer is worth, in units.")]
    redundancy: Redundancy = 1


class GeneratedTasks(Spec):
    """Tasks for simulated workers: nothing but a kind and a value."""

    count: Annotated[int, Field(ge=1, le=1_000_000, description="How many tasks.")]
    kinds: Annotated[
        dict[Name, Annotated[float, Field(gt=0, le=1e9)]],
        Field(min_length=1, description="The kinds of task and how often each comes."),
    ]
    value: Annotated[Units, Field(description="What a success is worth on average, in units.")]
    spread: Annotated[
        float, Field(ge=0, lt=1, description="How far values go from the average; 0.5 is half.")
    ] = 0.0
    redundancy: Redundancy = 1
    labels: Annotated[
        Several[Name],
        Field(description="The answers to choose from; nobody verifies which one is right."),
    ] = ()


class RunConfig(Spec):
    """One run: who may bid, what is to be done, by which rule, for how much."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] = "run"
    description: Annotated[str, Field(max_length=10_000, description="For people.")] = ""
    seed: Annotated[int, Field(ge=0, lt=2**63, description="Decides every draw and tie.")] = 0
    currency: Annotated[Name, Field(description="What the units are.")] = "USD"
    budget: Annotated[
        Units | None,
        Field(description="The most cash that may be spent, in units; no cap if null."),
    ] = None
    budgets: Annotated[
        BudgetSettings | None,
        Field(description="The most cash that single workers and kinds of task may cost."),
    ] = None
    mechanism: Annotated[
        Mechanism, Field(description="The rule that awards tasks and sets the payments.")
    ] = ContingentVcgSettings()
    peer: Annotated[
        PeerSettings | None, Field(description="How answers to tasks with redundancy are scored.")
    ] = None
    guards: Annotated[
        GuardSettings | None,
        Field(description="What is done about workers that keep failing; nothing if left out."),
    ] = None
    market: Annotated[Limits, Field(description="How much at once, how long, how often.")] = (
        Limits()
    )
    workers: Annotated[Several[WorkerSpec], Field(description="Who may bid.")] = ()
    judges: Annotated[
        Several[JudgeSpec], Field(description="Models that judge answers, or compare them.")
    ] = ()
    commands: Annotated[
        Several[Name],
        Field(description="The programs that verifiers may run; pytest is one of them."),
    ] = ()
    tasks: Annotated[Several[TaskSpec], Field(description="What is to be done.")] = ()
    generate: Annotated[
        GeneratedTasks | None, Field(description="Tasks for simulated workers.")
    ] = None
    records: Annotated[
        RecordsSection | None, Field(description="Recorded outcomes as workers and tasks.")
    ] = None
    goal: Annotated[
        Text | None,
        Field(min_length=1, description="What is to be reached: a planner makes the tasks."),
    ] = None
    planner: Annotated[PlannerSpec | None, Field(description="Who makes them.")] = None
    planning: Annotated[PlanningSettings, Field(description="How far planning may go.")] = (
        PlanningSettings()
    )
    record_calls: Annotated[
        bool,
        Field(description="Whether the journal keeps the model calls, to play the run back."),
    ] = True
    sweep: Annotated[
        dict[Name, Annotated[Several[JsonValue], Field(min_length=1)]],
        Field(
            description="For `truthbid sweep`: paths as --set takes them, each with its values."
            " Every combination is a run; `truthbid run` takes the file as it is."
        ),
    ] = Field(default_factory=dict[str, tuple[JsonValue, ...]])
    journal: Annotated[
        Name | None, Field(description="The journal file; runs/NAME-NUMBER.db if left out.")
    ] = None

    allow_outside: Annotated[
        bool,
        Field(
            description="Whether the paths of the file may leave its folder; only with --set, on"
            " the command line."
        ),
    ] = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not (self.tasks or self.generate or self.records or self.goal):
            raise _wrong(
                "there is nothing to do: give tasks, records, generate or a goal", ("tasks",)
            )
        if not (self.workers or self.records):
            raise _wrong("there is nobody to do it: give workers or records", ("workers",))
        _unique("workers", [worker.id for worker in self.workers])
        _unique("judges", [judge.id for judge in self.judges])
        _unique("tasks", [task.id for task in self.tasks])
        self._check_needs()
        self._check_goal()
        self._check_mechanism()
        self._check_peers()
        self._check_budgets()
        return self

    @property
    def planning_in_full(self) -> PlanningSettings:
        """How far planning may go, with the kinds of task that the workers do if none are given."""
        if self.planning.kinds or self.goal is None:
            return self.planning
        kinds = dict.fromkeys((each for one in self.workers for each in kinds_of(one) or ()), "")
        return self.planning.model_copy(update={"kinds": kinds or {"task": ""}})

    def _check_goal(self) -> None:
        if self.goal is None:
            if self.planner is not None:
                raise _wrong("a planner needs a goal", ("planner",))
            return
        if self.tasks or self.generate or self.records:
            raise _wrong("give a goal or tasks, not both", ("goal",))
        if self.planner is None:
            raise _wrong("a goal needs a planner", ("goal",))
        if self.planning.value is None and self.budget is None:
            message = "nobody says what the goal is worth: give a budget or planning.value"
            raise _wrong(message, ("goal",))
        self._check_planned_judge()
        done = [kinds_of(worker) for worker in self.workers]
        for kind in self.planning.kinds:
            if not any(kinds is None or kind in kinds for kinds in done):
                message = f"no worker bids on tasks of kind {kind!r}"
                raise _wrong(message, ("planning", "kinds", kind))

    def _check_planned_judge(self) -> None:
        judge, known = self.planning.judge, [each.id for each in self.judges]
        if judge is not None and judge not in known:
            message = f"there is no judge {judge!r} in the section `judges`{hint(judge, known)}"
            raise _wrong(message, ("planning", "judge"))

    @property
    def peers(self) -> PeerSettings | None:
        """How answers are scored by peers: as written, or by default if some task asks for it."""
        sections = (*self.tasks, self.generate, self.records)
        if any(each.redundancy > 1 for each in sections if each is not None):
            return self.peer or PeerSettings()
        return self.peer

    def _check_peers(self) -> None:
        if self.peers is not None:
            try:
                self.peers.paid(mechanism_from(self.mechanism.model_dump())[1])
            except ValueError as error:
                raise _wrong(str(error), ("mechanism",)) from None

    def _check_budgets(self) -> None:
        """Refuse a cap on a name that is not there: it would cap nothing."""
        if self.budgets is None or self.records is not None:
            return  # the names of recorded workers and kinds are known when the file is read
        workers = [worker.id for worker in self.workers]
        for name in self.budgets.workers:
            if name not in workers:
                message = f"there is no worker {name!r}{hint(name, workers)}"
                raise _wrong(message, ("budgets", "workers", name))
        kinds = [task.kind for task in self.tasks]
        kinds += self.generate.kinds if self.generate is not None else ()
        kinds += self.planning_in_full.kinds if self.goal is not None else ()
        for name in self.budgets.kinds:
            if name not in kinds:
                message = f"there is no task of kind {name!r}{hint(name, kinds)}"
                raise _wrong(message, ("budgets", "kinds", name))

    def _check_mechanism(self) -> None:
        settings = self.mechanism
        if isinstance(settings, ContingentVcgSettings) and settings.rule not in SCORING_RULES:
            near = hint(settings.rule, list(SCORING_RULES))
            raise _wrong(
                f"unknown scoring rule {settings.rule!r}{near}",
                ("mechanism", settings.name, "rule"),
            )
        try:
            mechanism_from(settings.model_dump())
        except ValueError as error:
            raise _wrong(str(error), ("mechanism", settings.name)) from None

    def _check_needs(self) -> None:
        places = {task.id: place for place, task in enumerate(self.tasks)}
        for place, task in enumerate(self.tasks):
            for number, need in enumerate(task.needs):
                if need not in places:
                    near = hint(need, [each for each in places if each != task.id])
                    raise _wrong(
                        f"there is no task {need!r}{near}", ("tasks", place, "needs", number)
                    )
        try:
            TopologicalSorter({task.id: task.needs for task in self.tasks}).prepare()
        except CycleError as error:
            cycle: list[str] = error.args[1]
            raise _wrong(
                f"these tasks need each other: {' -> '.join(reversed(cycle))}",
                ("tasks", places[cycle[0]], "needs"),
            ) from None


def kinds_of(worker: ParticipantSpec) -> Sequence[str] | None:
    """Return the kinds of task that a worker bids on; ``None`` is all."""
    if worker.kinds is None and isinstance(worker, SimulatedSpec):
        named = worker.skill if isinstance(worker.skill, dict) else {OTHERWISE: 1.0}
        return None if OTHERWISE in named else tuple(named)
    return worker.kinds


def _unique(section: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            raise _wrong(f"the id {name!r} is taken", (section, place, "id"))
        seen.add(name)


def _wrong(message: str, at: tuple[str | int, ...]) -> PydanticCustomError:
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "at": at})
