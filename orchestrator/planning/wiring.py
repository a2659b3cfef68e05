"""What is wrong with how tasks refer to each other: found before anything is announced."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from orchestrator.planning.template import Template, TemplateError, is_template, trial
from orchestrator.strict_yaml.explanation import hint
from orchestrator.task import Task

LONGEST_ID = 180
"""Characters of the id of a task that is done for each item: its parts are numbered behind it."""


class Fault(NamedTuple):
    """One thing that is wrong.

    Attributes:
        place: Of which task, by its place in the list.
        field: In which of its fields.
        message: What, in one line.
    """

    place: int
    field: str
    message: str


def is_wired(task: Task) -> bool:
    """Whether a task is made from answers or a list when its time comes."""
    return task.each is not None or (bool(task.needs) and is_template(task.prompt))


def needs_of(task: Task) -> tuple[str, ...]:
    """Return the tasks that must be solved first, that with its list included."""
    source = task.each.answer if task.each is not None else None
    return tuple(dict.fromkeys((*task.needs, *([source] if source else []))))


def faults(tasks: Sequence[Task], solved: Mapping[str, bool] | None = None) -> list[Fault]:
    """Return what is wrong with the wiring of tasks.

    Args:
        tasks: The tasks, each with an id.
        solved: Tasks of earlier plans that were solved, and whether their answers are many.

    >>> both = [Task("x", 1, id="a"), Task("Sum up: {{ answers.b }}", 1, needs=["a"], id="c")]
    >>> [fault.message for fault in faults(both)]
    ["the prompt quotes the answer of 'b': name it in needs"]
    """
    earlier = dict(solved or {})
    many = {**earlier, **{str(task.id): task.each is not None for task in tasks}}
    lists = [name for name, listed in many.items() if listed]
    by_id = {str(task.id): task for task in tasks}
    found: list[Fault] = []
    for place, task in enumerate(tasks):
        found += _ids(place, task, tasks[:place], lists, earlier)
        found += _needs(place, task, many)
        found += _each(place, task, by_id, earlier)
        found += _prompt(place, task, lists)
    return found or list(_cycle(tasks))


def _ids(
    place: int,
    task: Task,
    before: Sequence[Task],
    lists: Sequence[str],
    earlier: Mapping[str, bool],
) -> Iterator[Fault]:
    if not task.id:
        yield Fault(place, "id", "the task has no id: tasks that refer to each other need one")
        return
    if task.id in earlier or any(task.id == other.id for other in before):
        yield Fault(place, "id", f"the id {task.id!r} is taken")
    if task.each is not None and len(task.id) > LONGEST_ID:
        yield Fault(place, "id", f"an id with `each` has at most {LONGEST_ID} characters")
    for name in lists:
        if name != task.id and task.id.startswith(f"{name}/"):
            message = f"the id {task.id!r} may become that of a part of {name!r}"
            yield Fault(place, "id", message)


def _needs(place: int, task: Task, many: Mapping[str, bool]) -> Iterator[Fault]:
    others = [name for name in many if name != task.id]
    for need in needs_of(task):
        if need not in many:
            field = "needs" if need in task.needs else "each"
            yield Fault(place, field, f"there is no task {need!r}{hint(need, others)}")


def _each(
    place: int, task: Task, by_id: Mapping[str, Task], earlier: Mapping[str, bool]
) -> Iterator[Fault]:
    if task.each is None or (name := task.each.answer) is None:
        return
    source = by_id.get(name)
    if earlier.get(name) or (source is not None and source.each is not None):
        yield Fault(place, "each", f"{name!r} has many answers, and none of them is the list")
    if source is not None and source.redundancy > 1:
        yield Fault(place, "each", f"{name!r} goes to several workers, whose lists would differ")


def _prompt(place: int, task: Task, lists: Sequence[str]) -> Iterator[Fault]:
    if not is_wired(task) and not is_template(task.prompt):
        return
    try:
        template = Template(task.prompt)
        trial(template, lists)
    except TemplateError as error:
        yield Fault(place, "prompt", str(error))
        return
    for name in template.reads:
        if name not in needs_of(task):
            message = f"the prompt quotes the answer of {name!r}: name it in needs"
            yield Fault(place, "prompt", message)
    if template.uses_item and task.each is None:
        yield Fault(place, "prompt", "the prompt quotes an item, and there is no `each`")
    if task.each is not None and not template.uses_item:
        message = "every item would be the same task: quote it as {{ item }}"
        yield Fault(place, "prompt", message)


def _cycle(tasks: Sequence[Task]) -> Iterator[Fault]:
    places = {str(task.id): place for place, task in enumerate(tasks)}
    try:
        TopologicalSorter({str(task.id): needs_of(task) for task in tasks}).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        message = f"these tasks need each other: {' -> '.join(reversed(cycle))}"
        yield Fault(places[cycle[0]], "needs", message)
