"""The tasks of a run for its page: a graph of what needs what, money by kind, a row for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from orchestrator.drawing.display import ABSENT, money_text, percent, places, plain, plural
from orchestrator.drawing.graph import Box, graph
from orchestrator.reports.figures import figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.reports.tasks import TaskRow, Tasks
    from protocols.units import TaskId

MOST_BOXES: Final = 60
"""Up to so many tasks have a box of their own."""

MOST_TASKS: Final = 200
"""So many tasks have a row."""

_MOST_KINDS: Final = 8
_MOST_COLUMNS: Final = 10
_OTHER: Final = "other kinds"


_AMOUNTS: Final = {
    "value": ("worth", "if all succeed"),
    "paid": ("paid", "by contract"),
    "cost": ("cost", "metered"),
    "asking": ("bids", "what asking for bids has cost"),
    "judging": ("verdicts", "what judging has cost"),
}
"""The columns of money by their fields."""

_ALWAYS: Final = ("value", "paid", "cost")


def task_section(tasks: Tasks) -> dict[str, Any]:
    """Return what the page shows of the tasks."""
    rows = sorted(tasks.rows.values(), key=_telling)
    amounts = [
        name for name in _AMOUNTS if name in _ALWAYS or any(getattr(row, name) for row in rows)
    ]
    return {
        "graph": task_graph(tasks),
        "amounts": [_AMOUNTS[name] for name in amounts],
        "kinds": _kinds(rows, amounts),
        "rows": _rows(rows[:MOST_TASKS], amounts),
        "hidden": max(0, len(rows) - MOST_TASKS),
        "options": [
            (state, f"{state} ({count:,})") for state, count in tasks.states().most_common()
        ],
    }


def task_graph(tasks: Tasks) -> dict[str, Any] | None:
    """Return the figure of what needs what; ``None`` where no task needs another.

    Many tasks are put together by how long the chain of needs before them is, and by kind.
    """
    if not tasks.linked:
        return None
    needed = {need for row in tasks.rows.values() for need in row.needs}
    linked = {task: row for task, row in tasks.rows.items() if row.needs or task in needed}
    depths = _depths(linked)
    whole = len(linked) <= MOST_BOXES
    place_of = {task: task for task in linked} if whole else _groups(linked, depths)
    members: dict[object, list[TaskRow]] = defaultdict(list)
    for task, place in place_of.items():
        members[place].append(tasks.rows[task])
    order = {place: number for number, place in enumerate(members)}
    edges = Counter(
        (order[place_of[need]], order[place_of[row.task]])
        for row in linked.values()
        for need in row.needs
        if need in place_of and place_of[need] != place_of[row.task]
    )
    boxes = [
        _box(rows, min(depths[rows[0].task], _MOST_COLUMNS - 1), single=whole)
        for rows in members.values()
    ]
    svg = graph(boxes, edges, "The tasks and what each needs")
    about = (
        "Each box is a task"
        if whole
        else f"Each box holds the tasks of one kind at one depth, {len(linked):,} tasks in all"
    )
    note = f"{about}; what is needed stands to the left. The strip below shows the states."
    if len(linked) < len(tasks.rows):
        left = plural(len(tasks.rows) - len(linked), "task")
        note += f" Not drawn: {left} that neither need another nor are needed."
    return figure("What needs what", svg, note, sorted({row.state for row in linked.values()}))


def _depths(rows: Mapping[TaskId, TaskRow]) -> dict[TaskId, int]:
    """Return the length of the longest chain of needs before each task."""
    needs = {task: [need for need in row.needs if need in rows] for task, row in rows.items()}
    depths: dict[TaskId, int] = {}
    for task in TopologicalSorter(needs).static_order():
        depths[task] = max((depths[need] + 1 for need in needs[task]), default=0)
    return depths


def _groups(
    rows: Mapping[TaskId, TaskRow], depths: Mapping[TaskId, int]
) -> dict[TaskId, tuple[int, str]]:
    kinds = Counter(row.kind for row in rows.values())
    own = {kind for kind, _ in kinds.most_common(_MOST_KINDS)}
    return {
        task: (min(depths[task], _MOST_COLUMNS - 1), row.kind if row.kind in own else _OTHER)
        for task, row in rows.items()
    }


def _box(rows: Sequence[TaskRow], column: int, *, single: bool) -> Box:
    states = Counter(row.state for row in rows)
    said = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    first = rows[0]
    if single:
        who = f" by {plain(first.worker, 60)}" if first.worker else ""
        why = f": {plain(first.reason, 200)}" if first.reason else ""
        name = plain(first.task, 60)
        return Box(name, column, states, first.state, f"{name}, {first.state}{who}{why}")
    name = plain(first.kind, 60)
    return Box(name, column, states, said, f"{plural(len(rows), 'task')} of kind {name}: {said}")


def _telling(row: TaskRow) -> tuple[bool, int]:
    """Sort what was not solved first, and then by what was spent."""
    return row.state == "solved", -_spent(row)


def _spent(row: TaskRow) -> int:
    return row.cost + row.asking + row.judging


def _kinds(rows: Sequence[TaskRow], amounts: Sequence[str]) -> list[list[str]]:
    kinds: dict[str, list[TaskRow]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    listed = sorted(kinds.items(), key=lambda item: -len(item[1]))
    sums = [
        [sum(getattr(row, name) for row in members) for name in amounts] for _, members in listed
    ]
    decimals = places(each for line in sums for each in line)
    return [
        [
            plain(kind, 80),
            f"{len(members):,}",
            percent(sum(row.state == "solved" for row in members) / len(members), 1),
            f"{sum(row.attempts for row in members) / len(members):.2f}",
            *(money_text(each, decimals) for each in line),
        ]
        for (kind, members), line in zip(listed[:MOST_TASKS], sums, strict=False)
    ]


def _rows(rows: Sequence[TaskRow], amounts: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return for each task its state, as a class of the style, and its cells."""
    decimals = places(getattr(row, name) for row in rows for name in amounts)
    return [
        (
            row.state,
            [
                plain(row.task, 80),
                plain(row.kind, 40),
                row.state,
                plain(row.worker, 60) if row.worker else ABSENT,
                f"{row.attempts:,}",
                ABSENT if row.success is None else f"{row.success:.3g}",
                *(money_text(getattr(row, name), decimals) for name in amounts),
            ],
        )
        for row in rows
    ]
