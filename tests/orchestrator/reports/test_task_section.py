"""The page draws small graphs whole and puts large ones together."""

from orchestrator.reports.task_section import MOST_BOXES, MOST_TASKS, task_graph, task_section
from orchestrator.reports.tasks import Tasks
from protocols.events import TaskAdded, TaskEnded
from protocols.units import TaskId
from tests.orchestrator.drawing.svg import parsed, titles
from tests.orchestrator.reports.test_tasks import told
from tests.orchestrator.small_runs import lot


def chain(count: int, length: int) -> Tasks:
    """Return tasks in chains of some length; every seventh has failed."""
    tasks = Tasks()
    for number in range(count):
        needs = (TaskId(f"t{number - 1}"),) if number % length else ()
        tasks.note(TaskAdded(lot=lot(TaskId(f"t{number}"), kind=f"k{number % 3}"), needs=needs))
        task = TaskId(f"t{number}")
        tasks.note(TaskEnded(task=task, state="solved" if number % 7 else "failed"))
    return tasks


def test_the_graph_of_the_small_run() -> None:
    """Only t2 and t3 are linked; t1 is left to the note."""
    figure = task_graph(told())
    assert figure is not None
    assert titles(parsed(figure["svg"])) == [
        "1 needs: t2 before t3",
        "t2, unsold by b",
        "t3, skipped",
    ]
    assert "Not drawn: 1 task " in figure["note"]
    assert figure["legend"] == ["skipped", "unsold"]


def test_a_large_graph_is_put_together() -> None:
    """5,000 tasks in chains of 100 are at most ten columns of three kinds."""
    figure = task_graph(chain(5_000, 100))
    assert figure is not None
    root = parsed(figure["svg"])
    boxes = [each for each in root.iter("rect") if each.get("class") == "box"]
    assert len(boxes) <= 30 <= MOST_BOXES
    assert "5,000 tasks in all" in figure["note"]
    assert len(figure["svg"]) < 40_000


def test_no_needs_no_graph() -> None:
    """Tasks that stand alone are not drawn."""
    assert task_graph(chain(10, 1)) is None


def test_what_was_not_solved_comes_first_and_the_rest_is_counted() -> None:
    """Of 300 tasks 200 have a row; the failed ones are on top."""
    section = task_section(chain(300, 1))
    states = [state for state, _ in section["rows"]]
    assert (len(states), section["hidden"]) == (MOST_TASKS, 100)
    assert states[:43] == ["failed"] * 43
    assert set(states[43:]) == {"solved"}
    assert [row[:2] for row in section["kinds"]] == [["k0", "100"], ["k1", "100"], ["k2", "100"]]


def test_columns_of_nothing_are_left_out() -> None:
    """Where neither bids nor verdicts cost anything, there is no column for it."""
    assert [name for name, _ in task_section(told())["amounts"]] == ["worth", "paid", "cost"]
