"""How a plan is shown."""

import io

from rich.console import Console

from orchestrator.planning.picture import drawing, plan_data, print_plan, print_solution
from orchestrator.planning.pursuit import Solution
from orchestrator.task import Each, Task
from protocols.units import Money
from workers.verifiers import exact

PLAN = [
    Task("list them", "0.1", exact("x"), id="cities"),
    Task("where is {{ item }}?", "0.1", id="where", each=Each(answer="cities", most=3)),
    Task("how many?", "0.1", id="count", each=Each(items=("a", "b")), needs=["cities"]),
    Task("all", "0.1", id="report", needs=["where", "count", "old"], redundancy=2),
]


def test_the_drawing_goes_from_the_last_task_down() -> None:
    """Each need is a branch; what was drawn already is not drawn twice."""
    assert drawing(PLAN) == [
        "report",
        "├─ where, for each of up to 3 in cities",
        "│  └─ cities",
        "├─ count, for each of 2 listed",
        "│  └─ cities",
        "└─ old (solved before)",
    ]


def test_the_table_says_what_each_task_is_worth_and_who_checks_it() -> None:
    """With the most that all of them may cost."""
    text = io.StringIO()
    print_plan(Console(file=text, width=100), PLAN, "EUR")
    told = text.getvalue()
    assert "where x up to 3" in told
    assert "exact: x " in told
    assert "peers" in told
    assert "4 tasks, worth at most 0.7 EUR together" in told


def test_the_end_of_a_goal_is_told_with_its_answer() -> None:
    """Control characters of an answer do not reach the terminal."""
    text = io.StringIO()
    solution = Solution("g", True, "", "all\x1b[2J", ((),), (), (), Money(0))
    print_solution(Console(file=text, width=100), solution)
    assert "the goal is reached (1 plan)" in text.getvalue()
    assert "\x1b" not in text.getvalue()


def test_data_holds_what_a_workflow_file_needs() -> None:
    """Nothing that is left out by default."""
    assert plan_data(PLAN)[0] == {
        "id": "cities",
        "kind": "task",
        "prompt": "list them",
        "value": "0.1",
        "verify": {"type": "exact", "answer": ["x"]},
    }
    assert plan_data(PLAN)[1]["each"] == {"answer": "cities", "most": 3}
