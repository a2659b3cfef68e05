"""Recorded runs parted by what was planned."""

from pathlib import Path

from orchestrator.memory.record import Record
from orchestrator.planning.recall import Round, rounds
from protocols.events import Event
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money
from tests.orchestrator.journals import added, opened, write

ASKED = [PlanAsked(number=number, planner="p", brief={}) for number in (1, 2)]
ANSWERED = [PlanAnswered(number=number, text="{}", cost=Money(0)) for number in (1, 2)]


def parted(path: Path, *events: Event) -> list[Round]:
    """Return the rounds of a journal."""
    with Record(write(path, [opened(), *events])) as record:
        return list(rounds(record))


def test_tasks_belong_to_the_plan_before_them(tmp_path: Path) -> None:
    """Calls and answers in their order, then the tasks that entered after them."""
    first, second = (ASKED[0], ANSWERED[0]), (ASKED[1], ANSWERED[1])
    found = parted(tmp_path / "a.db", *first, added(1), added(2), *second, added(3))
    assert found == [Round(first, (added(1), added(2))), Round(second, (added(3),))]
    open_end = parted(tmp_path / "b.db", *first, added(1), ASKED[1])
    assert open_end[-1] == Round((ASKED[1],), ())


def test_a_run_without_plans_is_one_round(tmp_path: Path) -> None:
    """As all runs of static workflows are."""
    assert parted(tmp_path / "a.db", added(1), added(2)) == [Round((), (added(1), added(2)))]
