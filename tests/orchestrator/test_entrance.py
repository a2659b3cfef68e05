"""The order in which tasks enter a run."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.entrance import Entrance, Entry
from protocols.events import TaskAdded
from tests.orchestrator.journals import lot


def entry(name: str) -> Entry:
    """Return a task that is given."""
    return Entry(lot(name))


def recorded(name: str, announced: int, closed: int) -> TaskAdded:
    """Return a task of the record."""
    return TaskAdded(lot=lot(name), announced=announced, closed=closed)


def name(found: Entry | None) -> str | None:
    """Return which task it is."""
    return None if found is None else found.lot.task


def test_new_tasks_enter_in_the_order_in_which_they_come() -> None:
    """Without a record there is nothing to wait for."""
    entrance = Entrance()
    assert entrance.empty
    entrance.give(entry("b"))
    entrance.give(entry("a"))

    assert entrance.next_recorded(0, 0, stuck=True) is None
    assert lot("a").task in entrance
    assert [name(entrance.next_new()) for _ in range(3)] == ["b", "a", None]
    assert entrance.empty


def test_a_task_of_the_record_enters_where_it_did() -> None:
    """After as many announcements and closings, and not before."""
    entrance = Entrance([recorded("t", 2, 1)])
    entrance.give(entry("t"))

    assert entrance.next_recorded(2, 0, stuck=False) is None
    assert entrance.next_recorded(1, 1, stuck=False) is None
    assert name(entrance.next_recorded(2, 1, stuck=False)) == "t"


def test_a_run_waits_for_a_task_that_belongs_here() -> None:
    """A task of the record that was not given yet is lacking, and new ones stay behind it."""
    entrance = Entrance([recorded("t", 0, 0)])
    entrance.give(entry("new"))

    assert entrance.lacks(0, 0)
    assert not entrance.empty
    assert entrance.next_recorded(0, 0, stuck=True) is None
    assert entrance.next_new() is None
    entrance.give(entry("t"))
    assert not entrance.lacks(0, 0)
    assert name(entrance.next_recorded(0, 0, stuck=False)) == "t"
    assert name(entrance.next_new()) == "new"


def test_a_record_that_cannot_be_is_not_waited_for() -> None:
    """If nothing else can happen the task enters anyway, and the comparison names what is wrong."""
    entrance = Entrance([recorded("t", 99, 99)])
    entrance.give(entry("t"))

    assert entrance.next_recorded(0, 0, stuck=False) is None
    assert name(entrance.next_recorded(0, 0, stuck=True)) == "t"


@given(st.permutations([f"t{n}" for n in range(6)]))
def test_the_record_decides_the_order_and_not_who_is_faster(given_order: list[str]) -> None:
    """However the tasks are given again, they enter as they did."""
    entrance = Entrance([recorded(f"t{n}", 0, 0) for n in range(6)])
    entered: list[str | None] = []
    for each in given_order:
        entrance.give(entry(each))
        while found := entrance.next_recorded(0, 0, stuck=False):
            entered.append(name(found))

    assert entered == [f"t{n}" for n in range(6)]
