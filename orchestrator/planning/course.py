"""Tasks that are made when their time comes: prompts that quote answers, one task per item.

The market is given tasks that can be announced. A course holds back those that read an answer or
go over a list, and everything that needs them, and hands each out when all that it reads is there.
It is a fold over endings: the same endings in the same order give the same tasks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import NamedTuple

from orchestrator.agenda import State
from orchestrator.auction.execution import Ending
from orchestrator.planning.item_list import items_in, listing
from orchestrator.planning.template import Listed, Template, is_template
from orchestrator.planning.wiring import faults, is_wired, needs_of
from orchestrator.task import Each, Task, TaskResult
from protocols.messages import Result
from protocols.units import TaskId


class CourseError(ValueError):
    """Raised when tasks do not fit together.

    Attributes:
        place: The place of the task in the list.
        field: The field that is wrong.
    """

    def __init__(self, place: int, field: str, message: str) -> None:
        super().__init__(message)
        self.place, self.field = place, field


class _Part(NamedTuple):
    state: State
    answer: str


class Solved(NamedTuple):
    """What a solved task has come to.

    Attributes:
        tasks: Under which ids it was announced: its own, or those of its parts.
        answer: Its answer, or those of its parts in the order of the items.
    """

    tasks: tuple[TaskId, ...]
    answer: str | tuple[str, ...]


class Course:
    """Hands tasks out as their time comes.

    Args:
        tasks: The tasks; each has an id.
        solved: What earlier plans have solved, for tasks that need it.

    Attributes:
        solved: What every solved task has come to.
        entered: Under which ids each task was handed out.
        handed: The tasks as they were handed out.

    Raises:
        CourseError: If an id is missing or taken, a need is unknown, tasks need each other, or a
            template or a list cannot work.

    >>> from orchestrator.task import Each
    >>> course = Course([
    ...     Task("Name two cities.", 1, id="cities"),
    ...     Task("Where is {{ item }}?", 1, each=Each(answer="cities"), id="where"),
    ... ])
    >>> [task.id for task in course.start()]
    ['cities']
    >>> [task.id for task in course.end("cities", "solved", '["Ulm", "Bonn"]')]
    ['where/1', 'where/2']
    """

    def __init__(self, tasks: Sequence[Task], solved: Mapping[str, Solved] | None = None) -> None:
        self.solved = dict(solved or {})
        many = {name: isinstance(each.answer, tuple) for name, each in self.solved.items()}
        for fault in faults(tasks, many):
            raise CourseError(*fault)
        self.entered: dict[str, tuple[TaskId, ...]] = {}
        self.handed: list[Task] = []
        self._tasks = {str(task.id): task for task in tasks}
        for task in tasks:
            if task.each is not None and task.each.answer in self._tasks:
                source = self._tasks[task.each.answer]
                verifier = listing(source.verify, task.each.most)
                self._tasks[task.each.answer] = replace(source, verify=verifier)
        self._waiting: dict[str, set[str]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._parts: dict[str, dict[TaskId, _Part | None]] = {}
        self._whole: dict[TaskId, str] = {}
        self._hold()

    def _hold(self) -> None:
        """Hold back what is wired, and all that needs something held back."""
        order = TopologicalSorter(
            {
                name: [need for need in needs_of(task) if need in self._tasks]
                for name, task in self._tasks.items()
            }
        ).static_order()
        for name in order:
            task = self._tasks[name]
            own = {need for need in needs_of(task) if need in self._tasks}
            if is_wired(task) or not own.isdisjoint(self._waiting):
                self._waiting[name] = own
        for name in self._tasks:
            for need in self._waiting.get(name, ()):
                self._dependents.setdefault(need, []).append(name)

    @property
    def size(self) -> int:
        """How many tasks there are, a list counted once."""
        return len(self._tasks)

    # The fold -------------------------------------------------------------------------------

    def start(self) -> list[Task]:
        """Return the tasks that need not wait, in their order."""
        ready: list[Task] = []
        for name in self._tasks:
            if name not in self._waiting:
                ready.append(self._enter(name))
            elif not self._waiting[name]:
                ready += self._make(name)
        return self._hand(ready)

    def take(self, ending: Ending) -> list[Task]:
        """Note how a task of the market has ended; return those whose time has come."""
        answer = ending.report.answer if isinstance(ending.report, Result) else None
        return self.end(ending.lot.task, ending.state, answer)

    def end(self, task: str, state: State, answer: str | None) -> list[Task]:
        """Note that a task ended in a state, with an answer; return those whose time has come."""
        return self._hand(self._end(TaskId(task), _Part(state, answer or "")))

    def _hand(self, tasks: Iterable[Task]) -> list[Task]:
        handed = list(tasks)
        self.handed += handed
        return handed

    def _end(self, own: TaskId, end: _Part) -> Iterable[Task]:
        if (whole := self._whole.get(own)) is None:
            if end.state != "solved":
                return self._break(own, own)
            return self._follow(own, Solved((own,), end.answer))
        parts = self._parts[whole]
        parts[own] = end
        ended = [part for part in parts.values() if part is not None]
        if len(ended) < len(parts):
            return ()
        broken = [name for name, part in parts.items() if part and part.state != "solved"]
        if broken:
            return self._break(whole, broken[0])
        return self._follow(whole, Solved(tuple(parts), tuple(each.answer for each in ended)))

    def _follow(self, name: str, solved: Solved) -> Iterator[Task]:
        """Hand out what has waited for a task that is solved."""
        self.solved[name] = solved
        for dependent in self._dependents.get(name, ()):
            waiting = self._waiting.get(dependent)
            if waiting is not None and name in waiting:
                waiting.discard(name)
                if not waiting:
                    yield from self._make(dependent)

    def _break(self, name: str, because: TaskId) -> Iterator[Task]:
        """Hand out what can never start, needing what failed: the market ends it as skipped."""
        for dependent in self._dependents.get(name, ()):
            if self._waiting.pop(dependent, None) is not None and dependent not in self.entered:
                task = self._tasks[dependent]
                self.entered[dependent] = (TaskId(dependent),)
                yield replace(task, needs=(because,), each=None, redundancy=1)

    def result(self, task: Task, results: Mapping[TaskId, TaskResult]) -> TaskResult:
        """Return how a task ended; one that was done for each item ends as all its parts do."""
        name = str(task.id)
        parts = [results[own] for own in self.entered[name]]
        if name not in self._parts:
            return parts[0]
        worst = next((part for part in parts if not part.solved), parts[0])
        answers = [part.answer for part in parts]
        return TaskResult(
            task=TaskId(name),
            state=worst.state,
            reason=worst.reason,
            answer=json.dumps(answers, ensure_ascii=False) if worst.solved else None,
            award=None,
            outcome=None,
            settlement=None,
            attempts=sum(part.attempts for part in parts),
        )

    # Making tasks ---------------------------------------------------------------------------

    def _enter(self, name: str) -> Task:
        """Hand out a task that reads nothing, under its own id."""
        self.entered[name] = (TaskId(name),)
        task = self._tasks[name]
        return replace(task, needs=self._translated(task.needs))

    def _make(self, name: str) -> Iterator[Task]:
        task = self._tasks[name]
        if task.each is None:
            self.entered[name] = (TaskId(name),)
            yield self._made(task, name, None)
            return
        items = self._items(task.each)
        ids = tuple(TaskId(f"{name}/{number}") for number in range(1, len(items) + 1))
        self.entered[name] = ids
        self._parts[name] = dict.fromkeys(ids)
        self._whole |= dict.fromkeys(ids, name)
        for own, item in zip(ids, items, strict=True):
            yield self._made(task, own, item)

    def _items(self, each: Each) -> tuple[str, ...]:
        if each.items is not None:
            return tuple(Listed(item) for item in each.items)
        source = self.solved[str(each.answer)].answer
        assert isinstance(source, str)  # noqa: S101 - faults() has refused the rest
        return items_in(source, each.most)

    def _made(self, task: Task, name: str, item: str | None) -> Task:
        """Return a task as the market may have it, with its quotes filled in."""
        prompt, reads = task.prompt, set[str]()
        if is_template(prompt):
            template = Template(prompt)
            answers = {read: self.solved[read].answer for read in template.reads}
            prompt, reads = template.render(answers, item), set(template.reads)
        if task.each is not None and task.each.answer is not None:
            reads.add(task.each.answer)
        return replace(
            task,
            id=name,
            prompt=prompt,
            each=None,
            needs=self._translated([need for need in task.needs if need not in reads]),
            reads=self._translated([need for need in needs_of(task) if need in reads]),
        )

    def _translated(self, needs: Sequence[str]) -> tuple[TaskId, ...]:
        """Return under which ids the market knows tasks."""
        return tuple(
            task
            for need in needs
            for task in (self.solved[need].tasks if need in self.solved else (TaskId(need),))
        )
