"""The embedding API: a market that takes tasks for as long as it is open."""

import os
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import anyio

from orchestrator.auction.execution import Ending
from orchestrator.entrance import Entry, OnEnd, check_graph, described, placed
from orchestrator.genesis import genesis
from orchestrator.guard_settings import GuardSettings, guard_settings
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.caps import BudgetSettings, budget_settings
from orchestrator.memory.ledger import Ledger
from orchestrator.peer_settings import PeerSettings, check_judge, peer_settings
from orchestrator.session import Session
from orchestrator.task import Task, TaskResult, task_result
from protocols.events import Event
from protocols.mechanism import Mechanism
from protocols.units import TaskId, money, units
from workers.ports import Worker

if TYPE_CHECKING:
    from orchestrator.bootstrap import Fleet
    from orchestrator.config import RunConfig
    from orchestrator.engine import Engine
    from orchestrator.planning.course import Course
    from orchestrator.planning.pursuit import OnPlan, Solution
    from orchestrator.planning.settings import PlanningSettings
    from workers.chat import Chat
    from workers.model_judge import ModelJudge
    from workers.planning.planner import Planner


class Coordinator(Session):
    """A market of workers. Enter it as an async context, give it tasks, read the results.

    Args:
        workers: Who may bid; their names must differ.
        mechanism: The name of a mechanism, its settings, or a mechanism.
        budget: The most cash that may be spent, in units of the currency; ``None`` is no cap.
        journal: The file that records the run; ``None`` keeps no record.
        seed: Decides between equals.
        currency: What the units are.
        limits: How much at once, how long, and how often.
        config: What to record as the configuration of the run.
        judges: The models that judge answers or compare them; closed when the market closes.
        peer: How the answers to tasks with redundancy are scored and paid; ``{}`` for the defaults.
        guards: When a worker counts as failing and what is done then; ``{}`` for the defaults.
        budgets: The most cash that single workers and kinds of task may cost.
        planner: Who breaks goals down into tasks, for `solve`.
        planning: How far it may go.
        record_calls: Whether the journal keeps the calls to models, so that the run can be played
            back; secrets are taken out.
        resume: Go on with the run in the journal file. Give it the same tasks again, in the same
            order or with the same ids: it waits for those on record.

    Attributes:
        tasks: The tasks of the workflow file that the market was made from, if it was.
        opening: The first event of a run with these settings.

    Raises:
        ValueError: If two workers share a name, the mechanism is unknown, or there is no journal
            to resume.

    >>> from workers import FunctionWorker, exact
    >>> async def main() -> str | None:
    ...     fleet = [FunctionWorker("calc", lambda prompt: "391", cost=0, confidence=0.99)]
    ...     async with Coordinator(fleet, budget=2) as market:
    ...         result = await market.run(Task("17 * 23?", value="0.05", verify=exact("391")))
    ...     return result.answer
    >>> anyio.run(main)
    '391'
    """

    def __init__(
        self,
        workers: Iterable[Worker],
        *,
        mechanism: Mechanism | Mapping[str, object] | str = "contingent-vcg",
        budget: Decimal | str | float | None = None,
        journal: Path | str | None = None,
        seed: int = 0,
        currency: str = "USD",
        limits: Limits | None = None,
        config: Mapping[str, Any] | None = None,
        peer: PeerSettings | Mapping[str, object] | None = None,
        judges: Iterable["ModelJudge"] = (),
        guards: GuardSettings | Mapping[str, object] | None = None,
        budgets: BudgetSettings | Mapping[str, object] | None = None,
        planner: "Planner | None" = None,
        planning: "PlanningSettings | Mapping[str, object] | None" = None,
        record_calls: bool = True,
        resume: bool = False,
    ) -> None:
        fleet = list(workers)
        by_name = {worker.name: worker for worker in fleet}
        if len(by_name) < len(fleet):
            raise ValueError("two workers share a name")
        if resume and journal is None:
            raise ValueError("to resume a run, name its journal")
        settings, rule = mechanism_from(mechanism)
        self._resume, self._peers = resume, peer_settings(peer)
        config = {**(config or {}), "mechanism": settings}
        if self._peers:
            rule, config["peer"] = self._peers.paid(rule), self._peers.model_dump(mode="json")
        self._guards, self._budgets = guard_settings(guards), budget_settings(budgets)
        for name, section in (("guards", self._guards), ("budgets", self._budgets)):
            if section is not None:
                config[name] = section.model_dump(mode="json")
        self.journal_path = Path(journal) if journal is not None else None
        self.ledger = Ledger(capped=budget is not None)
        self._budget = None if budget is None else money(budget)
        self._judges = {judge.name: judge for judge in judges}
        check_judge(self._peers, self._judges)
        self.opening = genesis(
            seed=seed,
            currency=currency,
            budget=self._budget,
            workers=fleet,
            judges=self._judges.values(),
            config=config,
            limits=limits or Limits(),
        )
        self._limits, self._seed, self._mechanism = limits or Limits(), seed, rule
        self._workers = by_name
        self._planner = planner
        if planner is not None:
            from orchestrator.planning.settings import PlanningSettings

            self._planning = PlanningSettings.model_validate(planning or {})
        self._record_calls = record_calls and self.journal_path is not None
        self._calls = ExitStack()
        self._listeners: list[Callable[[Event], None]] = []
        self.tasks: tuple[Task, ...] = ()
        self._admitted = 0
        self._engine: Engine | None = None

    @classmethod
    def configured(
        cls,
        config: "RunConfig",
        fleet: "Fleet",
        journal: Path | str | None = None,
        *,
        resume: bool = False,
    ) -> Self:
        """Return the market that a configuration describes; its tasks are in ``tasks``."""
        from orchestrator.recorded_config import FOLDER, WORKFLOW

        market = cls(
            fleet.workers,
            mechanism=config.mechanism.model_dump(),
            budget=None if config.budget is None else units(config.budget),
            journal=journal,
            seed=config.seed,
            currency=config.currency,
            limits=config.market,
            peer=config.peers,
            planner=fleet.planner,
            planning=config.planning_in_full,
            judges=fleet.judges.values(),
            guards=config.guards,
            budgets=config.budgets,
            record_calls=config.record_calls,
            config={WORKFLOW: config.model_dump(mode="json"), FOLDER: str(fleet.folder)},
            resume=resume,
        )
        market.tasks = tuple(fleet.tasks)
        return market

    @classmethod
    def from_config(
        cls,
        path: Path | str,
        *,
        overrides: Sequence[str] = (),
        journal: Path | str | None = None,
        environment: Mapping[str, str] | None = None,
        chat: "Chat | None" = None,
    ) -> Self:
        """Return the market of a workflow file; its tasks are in ``tasks``.

        Args:
            path: The file, as for ``truthbid run``.
            overrides: ``path=value`` for single fields.
            journal: The file that records the run; that of the workflow file, if it names one.
            environment: The variables that the file may quote; those of the process if left out.
            chat: Who answers all model calls in place of the endpoints: a recording or a script.

        Raises:
            InputError: If the file, or anything that it names, cannot be used.

        >>> async def main() -> int:
        ...     async with Coordinator.from_config("configs/quickstart.yaml") as market:
        ...         return sum(result.solved for result in await market.run_all(market.tasks))
        >>> anyio.run(main)
        49
        """
        from orchestrator.workflow_file import read_workflow

        variables = os.environ if environment is None else environment
        config, fleet = read_workflow(Path(path), overrides, variables, chat)
        return cls.configured(config, fleet, journal or config.journal)

    # Work -----------------------------------------------------------------------------------

    async def run(self, task: Task) -> TaskResult:
        """Have one task done and return how it ended.

        Raises:
            ValueError: If its id is taken or a task that it needs is unknown.
            JournalError: If the journal can no longer be written.
            MechanismError: If an auction cannot be cleared as asked.
        """
        return (await self.run_all([task]))[0]

    async def run_all(self, tasks: Sequence[Task]) -> list[TaskResult]:
        """Have tasks done and return how each ended, in their order; raises like `run`."""
        results: dict[TaskId, TaskResult] = {}

        def note(ending: Ending) -> None:
            results[ending.lot.task] = task_result(ending)

        if (course := course_of(tasks)) is not None:
            await self.follow(course, note)
            return [course.result(task, results) for task in tasks]
        entries = self.admit(tasks)
        await self.complete(entries, note)
        return [results[entry.lot.task] for entry in entries]

    async def follow(self, course: "Course", on_end: OnEnd) -> None:
        """Have the tasks of a course done, each when its time has come. Raises like `run`."""
        entries = self.admit(course.start())
        await self.complete(entries, on_end, lambda ending: self.admit(course.take(ending)))

    async def cancel(self, task: str, reason: str = "it is no longer wanted") -> bool:
        """Call a task off, in whatever phase it is, and what needs it with it.

        Bids are no longer taken, and work or judging under way is broken off. A worker whose award
        is withdrawn gets what ``Limits.withdrawal`` says; what its work has cost is billed. The
        task ends as ``cancelled`` when its announcement closes.

        Returns:
            Whether it was in time; not if the task has ended or its outcome is certain.

        Raises:
            ValueError: If there is no such task.
        """
        engine = self._running()
        if not engine.knows(TaskId(task)):
            raise ValueError(f"there is no task {task!r}")
        return await engine.cancel(TaskId(task), reason[:2000])

    async def solve(self, goal: str, on_plan: "OnPlan | None" = None) -> "Solution":
        """Plan a goal, have the tasks of the plan done, and plan again what they left open.

        Plans are journaled with their cost: a resumed run asks no planner again. Nothing else may
        be under way meanwhile.

        Args:
            goal: What is to be reached, in words.
            on_plan: Is shown each plan and its number before its tasks are announced; may raise.

        Raises:
            ValueError: If there is no planner, or nobody says what the goal is worth.
            PlanningError: If there is no plan. What asking has cost is booked.
        """
        if self._planner is None:
            raise ValueError("to solve a goal, give the coordinator a planner")
        if not self._running().resting:
            raise RuntimeError("a goal is planned when no other task is under way")
        from orchestrator.planning.maker import Maker
        from orchestrator.planning.pursuit import first_brief, pursue

        brief = first_brief(goal, self._planning, self._budget, self.opening.currency)
        maker = Maker(self._market, self._planner, self._planning)
        return await pursue(brief, maker, self.follow, on_plan)

    async def stream(self, tasks: Sequence[Task]) -> AsyncGenerator[Event, None]:
        """Have tasks done and yield every event of the run until the last of them has ended.

        Who leaves early should close it (``contextlib.aclosing``); the tasks go on. Raises like
        `run`.
        """
        course = course_of(tasks)
        entries = self.admit(tasks if course is None else course.start())
        if not entries:
            return
        send, receive = anyio.create_memory_object_stream[Event | None](float("inf"))

        def further(ending: Ending) -> Sequence[Entry]:
            return () if course is None else self.admit(course.take(ending))

        def stop() -> None:
            with suppress(anyio.ClosedResourceError):  # nobody listens any more
                send.send_nowait(None)

        deafen = self._chronicle.listen(send.send_nowait)
        try:
            with self._running().watched(stop):
                left = self._hand_in(entries, lambda _: None, further, stop)
                while (event := await receive.receive()) is not None:
                    yield event
            self._check(left())
        finally:
            deafen()
            send.close()
            receive.close()

    def admit(self, tasks: Sequence[Task]) -> list[Entry]:
        """Check tasks and prepare them for `complete`.

        Raises:
            ValueError: If an id is taken, a needed task is unknown, or tasks need each other.
        """
        engine = self._running()
        entries: list[Entry] = []
        for task in tasks:
            self._admitted += 1
            lot = task.lot(f"t{self._admitted}")
            needs = tuple(TaskId(need) for need in task.needs)
            verifier = placed(task.verify, self.journal_path)
            entry = Entry(lot, needs, verifier, described(task.verify), task.redundancy)
            entry.reads = tuple(TaskId(read) for read in task.reads)
            entries.append(entry)
        check_graph(entries, engine.knows)
        engine.peers.prepare(entries, engine.knows)
        return entries

    async def complete(
        self,
        entries: Sequence[Entry],
        on_end: OnEnd,
        further: Callable[[Ending], Sequence[Entry]] = lambda _: (),
    ) -> None:
        """Have admitted tasks done, and those that further follow from each as it ends.

        ``on_end`` is told of each. Raises like `run`.
        """
        if not entries:
            return
        over = anyio.Event()
        with self._running().watched(over.set):
            left = self._hand_in(entries, on_end, further, over.set)
            await over.wait()
        self._check(left())

    # ----------------------------------------------------------------------------------------

    def _hand_in(
        self,
        entries: Sequence[Entry],
        on_end: OnEnd,
        further: Callable[[Ending], Sequence[Entry]],
        over: Callable[[], object],
    ) -> Callable[[], int]:
        """Submit tasks, and what follows from each; return what says how many have not ended.

        ``over`` is called when all have.
        """
        left = len(entries)

        def end(ending: Ending) -> None:
            nonlocal left
            on_end(ending)
            entries = further(ending)
            self._submit(entries, end)
            left += len(entries) - 1
            if not left:
                over()

        self._submit(entries, end)
        return lambda: left

    def _submit(self, entries: Sequence[Entry], on_end: OnEnd) -> None:
        for entry in entries:
            entry.on_end = on_end
        self._running().submit(entries)

    def _check(self, left: int) -> None:
        """Raise unless all tasks have ended."""
        if left and self._engine is not None:
            self._engine.check()
            raise RuntimeError("the market was closed before the tasks had ended")


def course_of(tasks: Sequence[Task]) -> "Course | None":
    """Return the course of tasks that are made from answers or lists, if any of them is."""
    if not any(task.needs or task.each is not None for task in tasks):
        return None
    from orchestrator.planning.course import Course
    from orchestrator.planning.wiring import is_wired

    return Course(tasks) if any(map(is_wired, tasks)) else None
