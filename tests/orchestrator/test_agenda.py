"""Which tasks can be announced: dependencies, endings, and the order of all that."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.agenda import Agenda, State
from protocols.messages import Lot
from protocols.units import TaskId
from tests.orchestrator.journals import lot

FAILURES: tuple[State, ...] = (
    "failed",
    "unsold",
    "skipped",
    "unfunded",
    "unsettled",
    "cancelled",
)

STATES: tuple[State, ...] = ("solved", *FAILURES)


def needs(*names: str) -> Sequence[TaskId]:
    """Return ids of tasks."""
    return tuple(map(TaskId, names))


def names(lots: Sequence[Lot]) -> list[str]:
    """Return the names of lots."""
    return [each.task for each in lots]


def test_a_task_that_needs_nothing_is_ready() -> None:
    """Ready lots are taken oldest first, at most so many."""
    agenda = Agenda()
    for name in "abc":
        assert agenda.add(lot(name), ()) is None

    assert len(agenda) == 3
    assert names(agenda.take(2)) == ["a", "b"]
    assert names(agenda.take(2)) == ["c"]
    assert agenda.take(2) == ()
    assert len(agenda) == 0


def test_lots_are_taken_up_to_the_first_of_one_kind_too_many() -> None:
    """The order stays: a lot of a further kind holds back what comes after it."""
    agenda = Agenda()
    for name, kind in [("a", "x"), ("b", "y"), ("c", "x"), ("d", "z"), ("e", "x")]:
        agenda.add(lot(name, kind), ())

    assert names(agenda.take(9, kinds=2)) == ["a", "b", "c"]
    assert names(agenda.take(9, kinds=1)) == ["d"]
    assert names(agenda.take(9, kinds=1)) == ["e"]


def test_a_task_can_be_taken_out_until_it_is_announced() -> None:
    """A waiting task and a ready one are handed back; an announced or ended one is elsewhere."""
    agenda = Agenda()
    agenda.add(lot("a"), ())
    agenda.add(lot("b"), ())
    agenda.add(lot("c"), needs("b"))
    agenda.take(1)

    assert names(agenda.remove(TaskId("a"))) == []
    assert names(agenda.remove(TaskId("c"))) == ["c"]
    assert names(agenda.remove(TaskId("b"))) == ["b"]
    assert agenda.remove(TaskId("b")) == []
    assert len(agenda) == 0
    assert not agenda.has_ended(TaskId("b"))
    assert agenda.end(TaskId("b"), "cancelled", None) == []
    assert agenda.has_ended(TaskId("b"))


def test_a_lot_that_comes_again_waits_behind_the_others() -> None:
    """A task whose work failed is announced after those that were ready before."""
    agenda = Agenda()
    agenda.add(lot("a"), ())
    agenda.add(lot("b"), ())
    (first,) = agenda.take(1)

    agenda.again(first)

    assert names(agenda.take(9)) == ["b", "a"]


def test_a_task_waits_for_all_that_it_needs_and_gets_their_answers() -> None:
    """The answers are inputs in the order of the needs, whichever came first."""
    agenda = Agenda()
    agenda.add(lot("c"), needs("a", "b"))
    agenda.add(lot("a"), ())
    agenda.add(lot("b"), ())
    agenda.take(2)

    assert agenda.end(TaskId("b"), "solved", "2") == []
    assert not agenda.ready
    assert agenda.end(TaskId("a"), "solved", "1") == []

    (ready,) = agenda.take(9)
    assert list(ready.inputs.items()) == [("a", "1"), ("b", "2")]


def test_a_task_may_need_what_was_solved_long_ago() -> None:
    """Answers are kept for tasks that enter later; a need named twice is one need."""
    agenda = Agenda()
    agenda.add(lot("a"), ())
    agenda.take(1)
    agenda.end(TaskId("a"), "solved", "1")

    agenda.add(lot("b"), needs("a", "a"))

    assert agenda.take(1)[0].inputs == {"a": "1"}


def test_a_solved_task_without_an_answer_is_an_empty_input() -> None:
    """What there is to say of a task that produced nothing is the empty string."""
    agenda = Agenda()
    agenda.add(lot("a"), ())
    agenda.add(lot("b"), needs("a"))
    agenda.take(1)
    agenda.end(TaskId("a"), "solved", None)

    assert agenda.take(1)[0].inputs == {"a": ""}


@pytest.mark.parametrize("state", FAILURES)
def test_what_needs_an_unsolved_task_never_starts(state: State) -> None:
    """Those that wait are returned, each once, and a later one is refused on entering."""
    agenda = Agenda()
    agenda.add(lot("a"), ())
    agenda.add(lot("b"), needs("a"))
    agenda.add(lot("c"), needs("b", "a"))
    agenda.add(lot("d"), needs("b"))
    agenda.take(1)

    assert names(agenda.end(TaskId("a"), state, "an answer that nobody may use")) == ["b", "c"]
    assert names(agenda.end(TaskId("b"), "skipped", None)) == ["d"]
    assert len(agenda) == 0
    assert agenda.add(lot("e"), needs("a")) == "a"


def test_a_task_is_known_from_its_entry_on() -> None:
    """Ids are taken while a task waits, is at work, and has ended."""
    agenda = Agenda()
    assert not agenda.knows(TaskId("a"))
    agenda.add(lot("a"), ())
    assert agenda.knows(TaskId("a"))
    agenda.take(1)
    assert agenda.knows(TaskId("a"))
    agenda.end(TaskId("a"), "failed", None)
    assert agenda.knows(TaskId("a"))


@given(data=st.data(), size=st.integers(1, 12))
def test_every_task_of_any_graph_ends_once_and_after_what_it_needs(
    data: st.DataObject, size: int
) -> None:
    """Whatever needs what, and whatever fails: a task starts after all it needs were solved."""
    graph: dict[int, set[int]] = {
        number: data.draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        for number in range(size)
    }
    agenda, states = Agenda(), dict[str, str]()

    def end(task: TaskId, state: State) -> None:
        assert task not in states
        states[task] = state
        for broken in agenda.end(task, state, "x"):
            end(broken.task, "skipped")

    def work() -> None:
        (ready,) = agenda.take(1)
        assert {states[need] for need in map(str, graph[int(ready.task)])} <= {"solved"}
        end(ready.task, data.draw(st.sampled_from(STATES)))

    for number in data.draw(st.permutations(range(size))):
        task = str(number)
        if agenda.add(lot(task), needs(*map(str, sorted(graph[number])))) is not None:
            end(TaskId(task), "skipped")
        while len(agenda.ready) and data.draw(st.booleans()):
            work()
    while agenda.ready:
        work()

    assert set(states) == {str(number) for number in range(size)}
    assert len(agenda) == 0


def test_parked_lots_come_back_before_all_others_or_with_their_task() -> None:
    """They are open meanwhile; calling the task off takes them out."""
    agenda = Agenda()
    for name in ("t1", "t2", "t3"):
        agenda.add(lot(name), ())
    for one in agenda.take(2):
        agenda.park(one)
    assert (len(agenda), [each.task for each in agenda.ready]) == (3, ["t3"])
    assert [each.task for each in agenda.remove(TaskId("t1"))] == ["t1"]
    agenda.unpark()
    assert [each.task for each in agenda.ready] == ["t2", "t3"]
    assert agenda.parked == []
