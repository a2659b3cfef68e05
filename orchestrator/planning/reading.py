"""From the text of a draft to tasks, or to everything that is wrong with it."""

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from orchestrator.planning.wiring import faults
from orchestrator.strict_yaml.explanation import hint
from orchestrator.task import MOST_ITEMS, Each, Task
from protocols.units import LARGEST, NANO, money, units
from workers.catalog import VerifierSpec
from workers.errors import UnstructuredAnswerError
from workers.model_judge import ModelJudge
from workers.planning.draft import CHECKS, Brief, Draft, DraftCheck, DraftTask
from workers.ports import Verifier
from workers.reply import read_json
from workers.verifiers.surroundings import PlacedSpec, Surroundings

SHOWN: Final = 20
"""So many problems are told at once; more would hide the first cause."""

LONGEST_PROMPT: Final = 20_000

_JUDGE: Final = "judge"
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_VERIFIER: Final[TypeAdapter[Any]] = TypeAdapter(VerifierSpec)


class BadDraftError(ValueError):
    """Raised when a draft is no plan.

    Attributes:
        problems: What is wrong, one line each, in words that a planner can act on.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_draft(
    text: str, brief: Brief, judges: Mapping[str, ModelJudge] | None = None
) -> tuple[Task, ...]:
    """Return the tasks of a draft that keeps to its brief.

    Args:
        text: The draft, in JSON.
        brief: What was asked for.
        judges: Who may judge, by name; without them such tasks have no verifier.

    Raises:
        BadDraftError: If it is no plan; names everything that is wrong.
        ValueError: If the judge of the brief is not among the judges.

    >>> brief = Brief(goal="g", kinds={"text": ""}, checks=("exact",), tasks=3, items=3, value=9)
    >>> read_draft('{"tasks": []}', brief)
    Traceback (most recent call last):
    orchestrator.planning.reading.BadDraftError: there are no tasks
    """
    draft = _parsed(text)
    problems = list(_size(draft, brief))
    tasks: list[Task] = []
    for drafted in draft.tasks:
        problems += [f"task {drafted.id[:60]!r}: {wrong}" for wrong in _fields(drafted, brief)]
        tasks.append(_task(drafted, brief, judges))
    if not problems:
        problems += _judged_lists(draft)
    if not problems:
        problems += _together(tasks, brief)
    if problems:
        raise BadDraftError(tuple(problem[:500] for problem in problems[:SHOWN]))
    return tuple(tasks)


def problems_of(text: str, brief: Brief) -> tuple[str, ...]:
    """Return what is wrong with a draft; nothing, if it is a plan."""
    try:
        read_draft(text, brief)
    except BadDraftError as error:
        return error.problems
    return ()


def worth(task: Task) -> int:
    """Return the most that a task may be worth in nano-units, with all its items."""
    items = 1 if task.each is None else len(task.each.items or range(task.each.most))
    return money(task.value) * items


def _parsed(text: str) -> Draft:
    try:
        return Draft.model_validate(read_json(text))
    except UnstructuredAnswerError as error:
        raise BadDraftError((str(error),)) from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[:SHOWN]
        raise BadDraftError(
            tuple(
                f"{'.'.join(map(str, each['loc'])) or 'the plan'}: {each['msg']}"[:500]
                for each in found
            )
        ) from None


def _size(draft: Draft, brief: Brief) -> Iterator[str]:
    if not draft.tasks:
        yield "there are no tasks"
    if len(draft.tasks) > brief.tasks:
        yield f"there are {len(draft.tasks)} tasks, and may be at most {brief.tasks}"


def _fields(task: DraftTask, brief: Brief) -> Iterator[str]:
    """Yield what is wrong with a task by itself."""
    if not _ID.fullmatch(task.id):
        yield "an id is a letter and up to 63 letters, digits and underscores"
    if task.kind not in brief.kinds:
        yield f"there is no kind {task.kind[:60]!r}{hint(task.kind, list(brief.kinds))}"
    if not task.prompt.strip():
        yield "the prompt is empty"
    if len(task.prompt) > LONGEST_PROMPT:
        yield f"the prompt has {len(task.prompt)} characters, and may have {LONGEST_PROMPT}"
    if not (math.isfinite(task.value) and 0 < task.value <= LARGEST // NANO):
        yield f"the value must be more than 0, not {task.value:g}"
    yield from _list(task, brief)
    if task.check.type not in brief.checks:
        yield f"there is no check {task.check.type[:60]!r}{hint(task.check.type, brief.checks)}"
    elif (wrong := _misfit(task.check)) is not None:
        yield f"check {task.check.type}: {wrong}"


def _list(task: DraftTask, brief: Brief) -> Iterator[str]:
    if task.items is not None:
        if not 1 <= len(task.items) <= brief.items:
            yield f"there are {len(task.items)} items, and may be 1 to {brief.items}"
        if task.each is not None:
            yield "give items or each, not both"
    if task.each is None:
        if task.most is not None:
            yield "most belongs to each, which is null"
        return
    if task.each not in task.needs:
        yield f"each names {task.each[:60]!r}, so needs must name it too"
    if task.most is None or not 1 <= task.most <= brief.items:
        yield f"with each, most must be from 1 to {brief.items}"


def _misfit(check: DraftCheck) -> str | None:
    """Return why a check cannot work."""
    try:
        _described(check, None)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return str(first["msg"]).removeprefix("Value error, ")
    except ValueError as error:
        return str(error)
    return None


def _described(check: DraftCheck, judge: str | None) -> Verifier | PlacedSpec:
    fields = CHECKS[check.type].fields(check.expect)
    by = {"by": judge or "?"} if check.type == _JUDGE else {}
    described: Verifier | PlacedSpec = _VERIFIER.validate_python(
        {"type": check.type, **fields, **by}
    )
    return described


def _verifier(
    check: DraftCheck, brief: Brief, judges: Mapping[str, ModelJudge] | None
) -> Verifier | None:
    described = _described(check, brief.judge)
    if not isinstance(described, PlacedSpec):
        return described
    return None if judges is None else described.place(Surroundings(judges=judges))


def _judged_lists(draft: Draft) -> Iterator[str]:
    """Yield which lists a judge is asked about: their form is checked first, which costs nothing."""
    lists = {task.each for task in draft.tasks}
    for task in draft.tasks:
        if task.id in lists and task.check.type == _JUDGE:
            yield f"task {task.id!r}: each names it, so its check is one of form, as json-schema"


def _task(drafted: DraftTask, brief: Brief, judges: Mapping[str, ModelJudge] | None) -> Task:
    """Return a drafted task; what is wrong with it has been said already."""
    known = drafted.check.type in CHECKS and _misfit(drafted.check) is None
    finite = math.isfinite(drafted.value) and 0 < drafted.value <= LARGEST // NANO
    each = None
    if drafted.items:
        each = Each(items=drafted.items[:MOST_ITEMS])
    elif drafted.each is not None:
        each = Each(
            answer=drafted.each[:200] or "?", most=min(max(drafted.most or 1, 1), MOST_ITEMS)
        )
    return Task(
        drafted.prompt,
        value=Decimal(str(drafted.value)) if finite else 0,
        verify=_verifier(drafted.check, brief, judges) if known else None,
        kind=drafted.kind,
        needs=drafted.needs,
        id=drafted.id,
        each=each,
    )


def _together(tasks: list[Task], brief: Brief) -> Iterator[str]:
    """Yield what is wrong with tasks that are right one by one."""
    yield from _renewed(tasks, brief)
    solved = {done.id: done.many for done in brief.done if done.state == "solved"}
    for fault in faults(tasks, solved):
        yield f"task {tasks[fault.place].id!r}: {fault.message}"
    total = sum(map(worth, tasks))
    if total > brief.value:
        yield (
            f"the tasks are worth {units(total):f} {brief.currency} together, and may be worth"
            f" {units(brief.value):f}"
        )


def _renewed(tasks: list[Task], brief: Brief) -> Iterator[str]:
    """Yield which tasks take the id of one that has failed."""
    for done in brief.done:
        if done.state != "solved" and any(task.id == done.id for task in tasks):
            yield f"task {done.id!r}: this id is that of a task which is {done.state}"
