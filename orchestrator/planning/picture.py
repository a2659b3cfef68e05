"""Shows a plan: a table of its tasks and a drawing of what needs what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import BaseModel

from orchestrator.drawing.display import money_column, plain
from orchestrator.entrance import described
from orchestrator.planning.pursuit import Solution
from orchestrator.planning.reading import worth
from orchestrator.planning.wiring import needs_of
from orchestrator.task import Task
from protocols.units import money, units
from workers.ports import Verifier

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS: Final = 60
"""So many tasks are shown; a file with more is read elsewhere."""

_ANSWER: Final = 10_000
_PROMPT: Final = 60
_CHECK: Final = 28


def print_plan(console: "Console", tasks: Sequence[Task], currency: str) -> None:
    """Print the tasks of a plan as a table, and as a drawing if some need others."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = tasks[:MOST_ROWS]
    table = Table(box=SIMPLE_HEAD)
    for header in ("task", "kind", f"worth, {currency}", "check", "prompt"):
        table.add_column(header, justify="right" if header.startswith("worth") else "left")
    values = money_column(worth(task) for task in shown)
    for task, value in zip(shown, values, strict=True):
        name = plain(str(task.id)) + ("" if task.each is None else f" x {_times(task)}")
        table.add_row(name, plain(task.kind), value, _check(task), _cut(task.prompt, _PROMPT))
    console.print(table)
    if len(tasks) > len(shown):
        console.print(f"... and {len(tasks) - len(shown)} more tasks")
    if any(map(needs_of, shown)):
        console.print("\n".join(drawing(shown)), highlight=False, markup=False)
    total = units(sum(map(worth, tasks)))
    console.print(f"{len(tasks)} tasks, worth at most {total:f} {currency} together")


def print_solution(console: "Console", solution: Solution) -> None:
    """Print what became of a goal, and its answer."""
    plans = "1 plan" if len(solution.plans) == 1 else f"{len(solution.plans)} plans"
    end = "reached" if solution.solved else f"not reached: {plain(solution.reason)}"
    console.print(f"the goal is {end} ({plans})", highlight=False, markup=False)
    if solution.answer:
        shown = "\n".join(plain(line) for line in solution.answer.splitlines())
        console.print(f"\n{shown[:_ANSWER]}", highlight=False, markup=False)


def plan_data(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Return the tasks of a plan as plain data, as a workflow file would have them."""
    return [task_data(task) for task in tasks]


def task_data(task: Task) -> dict[str, Any]:
    """Return a task as a workflow file has it; money as text, in units."""
    fields: dict[str, Any] = {
        "id": task.id,
        "kind": task.kind,
        "prompt": task.prompt,
        "value": f"{units(money(task.value)):f}",
        "reserve": None if task.reserve is None else f"{units(money(task.reserve)):f}",
        "needs": list(task.needs),
        "each": None if task.each is None else task.each.model_dump(mode="json", exclude_none=True),
        "verify": _written(task.verify),
        "redundancy": task.redundancy if task.redundancy > 1 else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _written(verifier: Verifier | None) -> dict[str, Any] | None:
    if not isinstance(verifier, BaseModel):
        return described(verifier)
    return {"type": verifier.type, **verifier.model_dump(mode="json", exclude_defaults=True)}


def drawing(tasks: Sequence[Task]) -> list[str]:
    r"""Return lines that show what each task needs, from the last tasks downwards.

    >>> print("\n".join(drawing([
    ...     Task("a", 1, id="facts"), Task("b", 1, id="figures"),
    ...     Task("c", 1, id="report", needs=["facts", "figures"])])))
    report
    ├─ facts
    └─ figures
    """
    by_id = {str(task.id): task for task in tasks}
    needed = {need for task in tasks for need in needs_of(task)}
    seen: set[str] = set()
    lines: list[str] = []
    for name in by_id:
        if name not in needed:
            lines += _branch(name, by_id, seen, "", "")
    return lines


def _branch(
    name: str, tasks: Mapping[str, Task], seen: set[str], first: str, rest: str
) -> Iterator[str]:
    task = tasks.get(name)
    label = plain(name)
    if task is None:
        yield f"{first}{label} (solved before)"
        return
    if task.each is not None:
        source = "listed" if task.each.answer is None else f"in {plain(task.each.answer)}"
        label += f", for each of {_times(task)} {source}"
    needs = needs_of(task)
    if needs and name in seen:
        yield f"{first}{label} (as above)"
        return
    seen.add(name)
    yield f"{first}{label}"
    for number, need in enumerate(needs, 1):
        last = number == len(needs)
        corner, line = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _branch(need, tasks, seen, rest + corner, rest + line)


def _times(task: Task) -> str:
    each = task.each
    if each is None:
        return "1"
    return str(len(each.items)) if each.items is not None else f"up to {each.most}"


def _check(task: Task) -> str:
    if task.verify is None:
        return "peers" if task.redundancy > 1 else "none"
    fields = described(task.verify) or {}
    subject = next((value for key, value in fields.items() if key != "type"), None)
    if isinstance(subject, list | tuple):
        subject = " or ".join(map(str, cast("Sequence[object]", subject)))
    return _cut(task.verify.type if subject is None else f"{task.verify.type}: {subject}", _CHECK)


def _cut(text: str, most: int) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 3]}..."
