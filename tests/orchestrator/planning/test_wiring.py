"""How tasks may refer to each other."""

import pytest

from orchestrator.planning.wiring import faults, is_wired, needs_of
from orchestrator.task import Each, Task


def task(name: str, prompt: str = "p", *needs: str, **more: object) -> Task:
    """Return a task worth one unit."""
    made: dict[str, object] = {"value": 1, "id": name, "needs": needs, **more}
    return Task(prompt, **made)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


LIST = task("l")
OF_LIST = task("m", "{{ item }}", each=Each(answer="l"))

WRONG = [
    ([task("a"), task("a")], "the id 'a' is taken"),
    ([task("a", "p", "b")], "there is no task 'b'"),
    ([task("a", "p", "a")], "these tasks need each other: a -> a"),
    ([task("a", "p", "b"), task("b", "p", "a")], "these tasks need each other: "),
    ([task("a"), task("b", "{{ answers.c }}", "a")], "quotes the answer of 'c': name it in needs"),
    ([task("b", "{{ answers.a }}"), task("a")], "quotes the answer of 'a': name it in needs"),
    ([task("a"), task("b", "{{ item }}", "a")], "quotes an item, and there is no `each`"),
    ([LIST, task("m", "p", each=Each(answer="l"))], "every item would be the same task"),
    ([task("m", "{{ item }}", each=Each(answer="x"))], "there is no task 'x'"),
    ([LIST, OF_LIST, task("n", "{{ item }}", each=Each(answer="m"))], "'m' has many answers"),
    ([LIST, OF_LIST, task("j", "{{ answers.m }}", "m")], "a list cannot be quoted as it is"),
    ([LIST, OF_LIST, task("m/1")], "the id 'm/1' may become that of a part of 'm'"),
    ([task("l", redundancy=2), OF_LIST], "'l' goes to several workers, whose lists would differ"),
    ([LIST, task("m" * 181, "{{ item }}", each=Each(answer="l"))], "at most 180 characters"),
    ([Task("p", 1)], "the task has no id"),
]


@pytest.mark.parametrize(("tasks", "message"), WRONG)
def test_each_fault_is_named(tasks: list[Task], message: str) -> None:
    """Unknown and circular needs, quotes without need, items without a list, taken ids."""
    assert any(message in fault.message for fault in faults(tasks))


def test_well_wired_tasks_have_no_faults() -> None:
    """A list, a task for each of its items, and one that joins the answers."""
    join = task("j", "{{ answers.m | join(', ') }} {{ answers.l }}", "m", "l")
    assert faults([LIST, OF_LIST, join]) == []
    assert faults([task("k", "{{ answers.old }}", "old")], {"old": False}) == []
    assert faults([task("k", "{{ answers.old }}", "old")], {"old": True}) != []


def test_only_tasks_that_need_something_are_wired() -> None:
    """A prompt that looks like a template stays as it is where there is nothing to quote."""
    assert not is_wired(task("a", "{{ answers.x }}"))
    assert is_wired(task("a", "{{ answers.x }}", "x"))
    assert is_wired(OF_LIST)
    assert needs_of(OF_LIST) == ("l",)
