"""Two runs next to each other: exact on small journals, paired where the tasks are the same."""

import io
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.pairing import Comparison, Contrast, compare_runs
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.reports.comparison_tables import print_comparison
from orchestrator.reports.tables import console
from orchestrator.task import Task
from protocols.contract import Transfer
from protocols.decommitment import Lapsed
from protocols.events import Closed, TaskAdded
from protocols.stopping import SetAside
from protocols.units import Money, TaskId
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import FIRST, T1, TASKS, A, Known, events, lot
from workers.verifiers import Recorded


def ran(path: Path, tasks: tuple[Task, ...] = TASKS, *, right: bool) -> Path:
    """Have tasks done at 0.1 each by a worker that is always right, or never."""

    async def main() -> None:
        worker = Known("good" if right else "bad", 0.9, right=right)
        limits = Limits(batch=1, attempts=1)
        async with Coordinator([worker], journal=path, limits=limits) as market:
            await market.run_all(tasks)

    anyio.run(main)
    return path


def compared(first: Path, second: Path) -> Comparison:
    """Compare two journals."""
    with Record(first) as one, Record(second) as other:
        return compare_runs(one, other)


def test_a_run_is_equal_to_itself(tmp_path: Path) -> None:
    """Nothing differs and nothing is uncertain; what is compared adds up to the small run."""
    path = write(tmp_path / "run.db", events())
    found = compared(path, path)
    assert (found.paired, found.only_first, found.only_second, found.settings) == (3, 0, 0, ())
    for each in found.same.values():
        assert (each.difference, each.error, each.sign, each.more, each.less) == (0, 0, 0, 0, 0)
    sums = {name: round(each.first * 3 * 1e9) for name, each in found.same.items()}
    assert sums == {"solved": 10**9, "value": 100, "cost": 37, "paid": 86, "utility": 63}


def test_a_difference_by_hand(tmp_path: Path) -> None:
    """Ten tasks worth 1 that all fail in the one run and are all solved in the other."""
    found = compared(ran(tmp_path / "a.db", right=False), ran(tmp_path / "b.db", right=True))
    assert found.paired == 10
    assert found.same["solved"] == Contrast(0.0, 1.0, 1.0, 0.0, more=10, less=0)
    assert found.same["solved"].sign == 1
    assert found.same["cost"].difference == 0
    assert found.same["utility"].difference == pytest.approx(1.0)
    assert [each.path for each in found.settings] == ["workers.bad", "workers.good"]


def test_other_tasks_are_not_paired(tmp_path: Path) -> None:
    """A task of the same id that asks for something else counts among those that differ."""
    others = tuple(
        Task("do it" if n < 4 else "do more", value=1, verify=Recorded(), id=f"t{n}")
        for n in range(10)
    )
    found = compared(
        ran(tmp_path / "a.db", right=False), ran(tmp_path / "b.db", others, right=True)
    )
    assert (found.paired, found.only_first, found.only_second) == (4, 6, 6)
    assert found.same["solved"].difference == found.others["solved"].difference == 1
    assert (found.others["solved"].more, found.others["solved"].less) == (0, 0)


def test_nothing_in_common(tmp_path: Path) -> None:
    """Where one run has no other tasks, nothing is said about those of the other."""
    first = write(tmp_path / "a.db", events()[:1])
    found = compared(first, write(tmp_path / "b.db", events()))
    assert (found.paired, found.only_second, found.same, found.others) == (0, 3, {}, {})


def test_tasks_that_have_not_ended_are_left_out(tmp_path: Path) -> None:
    """A task that is still open says nothing yet."""
    more = [*events()[:-1], TaskAdded(lot=lot(TaskId("late")))]
    found = compared(write(tmp_path / "a.db", more), write(tmp_path / "b.db", events()))
    assert (found.paired, found.only_first) == (3, 0)


@pytest.mark.parametrize(("difference", "error", "sign"), [(1, 0.4, 1), (-1, 0.4, -1), (1, 0.6, 0)])
def test_signs(difference: float, error: float, sign: int) -> None:
    """A difference counts from two standard errors on."""
    assert Contrast(0, difference, difference, error).sign == sign


def test_the_error_is_paired(tmp_path: Path) -> None:
    """The same noise in both runs cancels: the error of the difference in pay is that of the rest."""
    limits = Limits(batch=1, attempts=1)

    async def main(path: Path, rule: str) -> None:
        crew = [Known("a", 0.9, right=True), Known("b", 0.9, right=True, cost="0.3")]
        async with Coordinator(crew, mechanism=rule, journal=path, limits=limits) as market:
            await market.run_all(TASKS)

    for name in ("first-price", "vickrey"):
        anyio.run(partial(main, tmp_path / name, name))
    paid = compared(tmp_path / "first-price", tmp_path / "vickrey").same["paid"]
    assert [paid.first, paid.second, paid.difference] == pytest.approx([0.1, 0.3, 0.2])
    assert paid.error == pytest.approx(0)
    assert (paid.more, paid.less) == (10, 0)


def test_one_task_is_never_sure(tmp_path: Path) -> None:
    """Its difference has no standard error, in data ``null`` and in a table absent."""
    found = compared(
        ran(tmp_path / "a.db", TASKS[:1], right=False),
        ran(tmp_path / "b.db", TASKS[:1], right=True),
    )
    solved = found.same["solved"]
    assert (solved.difference, solved.sign, solved.to_data()["error"]) == (1, 0, None)
    out = io.StringIO()
    print_comparison(console(out), found, ("a", "b"), "USD")
    line = next(each for each in out.getvalue().splitlines() if each.startswith(" solved"))
    assert line.split() == ["solved", "0.0", "%", "100.0", "%", "100.0", "%", "-", "1", "0"]


def test_answers_set_aside_are_paid_and_lapsed_awards_cost(tmp_path: Path) -> None:
    """An answer that is not delivered brings 5, and an award not taken up is fined 7: -2 in all."""
    listed = [event for event in events() if event.key != f"settled\t{FIRST}\t{T1}\t{A}"]
    fine = Transfer(
        book="credit", source="worker:a", target="treasury", amount=Money(7), purpose="penalty"
    )
    about: dict[str, Any] = {"announcement": FIRST, "task": T1, "worker": A}
    place = next(at for at, event in enumerate(listed) if isinstance(event, Closed))
    listed[place:place] = [
        SetAside(**about, cost=Money(12), payment=Money(5)),
        Lapsed(**about, reason="late", transfers=(fine,)),
    ]
    with Record(write(tmp_path / "a.db", listed)) as one, Record(tmp_path / "a.db") as other:
        found = compare_runs(one, other)
    assert round(found.same["paid"].first * 3 * 1e9) == 5 - 7 + 30
