"""Courses: tasks that are made when their time comes, and every one of them ends."""

from collections import deque
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.planning.course import Course, CourseError, Solved
from orchestrator.task import Each, Task
from protocols.units import TaskId
from tests.orchestrator.planning.plans import Echo, market
from workers.fencing import unfenced
from workers.verifiers import regex

LIST = Task('say ["Ulm", "Bonn"]', 1, regex("."), id="cities")
WHERE = Task("say in {{ item }}", 1, regex("."), id="where", each=Each(answer="cities"))
REPORT = Task("{{ answers.where | join('; ') }}", 1, regex("."), id="report", needs=["where"])


def test_a_task_is_done_for_each_item_and_its_answers_are_joined() -> None:
    """A list, a task for each item of it, and a task that gets all answers."""
    course = Course([LIST, WHERE, REPORT])
    assert [task.id for task in course.start()] == ["cities"]
    parts = course.end("cities", "solved", '["Ulm", "Bonn"]')
    assert [(task.id, unfenced(task.prompt)) for task in parts] == [
        ("where/1", "say in Ulm"),
        ("where/2", "say in Bonn"),
    ]
    assert all(part.reads == ("cities",) and part.needs == () for part in parts)
    assert course.end("where/2", "solved", "b") == []
    (report,) = course.end("where/1", "solved", "a")
    assert unfenced(report.prompt) == "a; b"
    assert report.reads == ("where/1", "where/2")
    assert course.end("report", "solved", "done") == []
    assert course.solved["where"] == Solved((TaskId("where/1"), TaskId("where/2")), ("a", "b"))


def test_what_needs_a_failed_part_needs_that_part_alone() -> None:
    """So the market ends it as skipped, and says because of what."""
    course = Course([LIST, WHERE, REPORT])
    course.start()
    course.end("cities", "solved", '["Ulm", "Bonn"]')
    course.end("where/1", "failed", None)
    (report,) = course.end("where/2", "solved", "b")
    assert (report.id, report.needs, report.each) == ("report", ("where/1",), None)


def test_a_list_that_never_comes_ends_the_tasks_that_wait_for_it() -> None:
    """First the task that would go over it, then what needs that one."""
    course = Course([LIST, WHERE, REPORT])
    course.start()
    (where,) = course.end("cities", "failed", None)
    assert (where.id, where.needs) == ("where", ("cities",))
    (report,) = course.end("where", "skipped", None)
    assert (report.id, report.needs) == ("report", ("where",))


def test_unquoted_answers_stay_inputs() -> None:
    """Only what a prompt quotes is taken from the inputs."""
    tasks = [Task("x", 1, id="a"), Task("x", 1, id="b")]
    course = Course([*tasks, Task("{{ answers.a }}", 1, needs=["a", "b"], id="c")])
    course.start()
    course.end("a", "solved", "1")
    (joined,) = course.end("b", "solved", "2")
    assert (joined.needs, joined.reads) == (("b",), ("a",))


def test_a_task_may_need_what_an_earlier_plan_has_solved() -> None:
    """A list of it too, under the ids of its parts."""
    earlier = {
        "where": Solved((TaskId("where/1"), TaskId("where/2")), ("a", "b")),
        "old": Solved((TaskId("old"),), "x"),
    }
    quoting = Task("{{ answers.where | join }}", 1, needs=["where", "old"], id="new")
    plain = Task("p", 1, needs=["where"], id="other")
    first, second = Course([quoting, plain], earlier).start()
    assert (unfenced(first.prompt), first.needs) == ("a, b", ("old",))
    assert (second.prompt, second.needs) == ("p", ("where/1", "where/2"))


def test_faults_are_refused_with_their_place() -> None:
    """The first fault is raised, as a value error."""
    with pytest.raises(CourseError, match="there is no task 'cities'") as caught:
        Course([REPORT, WHERE, LIST][1:2])
    assert (caught.value.place, caught.value.field) == (0, "each")


def test_static_plans_quote_and_go_over_lists_in_the_library() -> None:
    """`run_all` takes such tasks, and one that was done for each item has one result."""

    async def main() -> list[Any]:
        async with market([]) as open_market:
            return await open_market.run_all([LIST, WHERE, REPORT])

    cities, where, report = anyio.run(main)
    assert cities.solved
    assert where.answer == '["in Ulm", "in Bonn"]'
    assert (where.solved, where.attempts, where.award) == (True, 2, None)
    assert unfenced(report.answer) == "in Ulm; in Bonn"


def test_a_list_of_the_wrong_form_is_a_failure_of_who_made_it() -> None:
    """It is not solved, whatever its own verifier says; the rest is skipped."""

    async def main() -> list[Any]:
        tasks = [Task("say Ulm", 1, regex("."), id="cities"), WHERE, REPORT]
        async with market([]) as open_market:
            return await open_market.run_all(tasks)

    results = anyio.run(main)
    assert [result.state for result in results] == ["failed", "skipped", "skipped"]
    assert results[1].reason == "it needs 'cities', which was not solved"


NAMES = [f"t{number}" for number in range(6)]


@st.composite
def plans(draw: st.DrawFn) -> list[Task]:
    """Draw up to six tasks without faults: plain, quoting, over lists of both kinds."""
    tasks: list[Task] = []
    many: set[str] = set()
    for place, name in enumerate(draw(st.permutations(NAMES))[: draw(st.integers(1, 6))]):
        before = [str(task.id) for task in tasks]
        needs = draw(st.lists(st.sampled_from(before), unique=True)) if place else []
        quotes = [need for need in needs if draw(st.booleans())]
        prompt = " ".join(
            f"{{{{ answers.{need} | {'join' if need in many else 'trim'} }}}}" for need in quotes
        )
        sources = [each for each in before if each not in many]
        source = draw(st.sampled_from([None, *sources, ""]))
        each = None
        if source == "":
            each = Each(items=("x", "y"))
        elif source is not None:
            each = Each(answer=source, most=3)
        if each is not None:
            many.add(name)
            prompt += " {{ item }}"
        tasks.append(Task(prompt or "plain", 1, regex("."), needs=needs, id=name, each=each))
    return draw(st.permutations(tasks))


@given(plans(), st.data())
def test_any_plan_without_faults_runs_to_its_end(tasks: list[Task], data: st.DataObject) -> None:
    """Every task is handed out once, after all it needs, and however tasks end, all of them end."""
    course = Course(tasks)
    todo, ended, seen = deque(course.start()), dict[str, str](), list[str]()
    while todo:
        task = todo.popleft()
        name = str(task.id)
        seen.append(name)
        if any(ended.get(need, "solved") != "solved" for need in task.needs):
            state = "skipped"
        else:
            state = data.draw(st.sampled_from(["solved", "solved", "failed"]))
            assert {*task.reads} <= {each for each, how in ended.items() if how == "solved"}
        ended[name] = state
        todo += course.end(name, state, '["1", "2", "3"]')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert len(seen) == len(set(seen))
    assert set(course.entered) == {str(task.id) for task in tasks}
    assert {part for parts in course.entered.values() for part in parts} == set(seen)


@given(plans())
def test_the_market_ends_every_task_of_a_plan_without_faults(tasks: list[Task]) -> None:
    """With a worker that makes lists for all, every task is solved in every order."""

    class Lists(Echo):
        def _say(self, lot: Any) -> str:
            return '["1", "2"]'

    async def main() -> list[Any]:
        async with market([], workers=[Lists()], budget=None) as open_market:
            return await open_market.run_all(tasks)

    results = anyio.run(main)
    assert [result.task for result in results] == [task.id for task in tasks]
    assert all(result.solved for result in results)
