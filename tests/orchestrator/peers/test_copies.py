"""Tests of how a task becomes copies, and of which tasks are scored together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.entrance import Entry
from orchestrator.peer_settings import PeerSettings
from orchestrator.peers.copies import (
    batches_of,
    check_copies,
    copies_of,
    copy_ids,
    form_batches,
    owner_of,
    pairing_seed,
)
from protocols.messages import Lot, Participant
from protocols.units import Money, TaskId, WorkerId

LOT = Lot(task=TaskId("t"), value=Money(100), reserve=Money(90))


def _participants(owners: list[int]) -> list[Participant]:
    return [
        Participant(worker=WorkerId(f"w{n}"), owner=f"o{owner}") for n, owner in enumerate(owners)
    ]


def _entry(name: str, *needs: str, copies: int = 2, kind: str = "task") -> Entry:
    lot = Lot(task=TaskId(name), kind=kind, value=Money(1), reserve=Money(1))
    return Entry(lot, tuple(map(TaskId, needs)), copies=copies)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.integers(2, 5), st.integers(0, 99))
def test_each_owner_may_do_one_copy(owners: list[int], copies: int, seed: int) -> None:
    """Every worker is admitted to exactly one copy, the workers of one owner to the same one."""
    participants = _participants(owners)
    lots = copies_of(LOT, copies, participants, seed)
    open_to = {
        one.worker: [lot.task for lot in lots if one.worker not in lot.excluded]
        for one in participants
    }
    assert all(len(tasks) == 1 for tasks in open_to.values())
    by_owner = {(owner_of(one), open_to[one.worker][0]) for one in participants}
    assert len(by_owner) == len(set(owners))
    if len(set(owners)) >= copies:
        assert all(len(lot.excluded) < len(participants) for lot in lots)


@given(st.permutations(range(7)))
def test_copies_do_not_depend_on_the_order_of_the_fleet(order: list[int]) -> None:
    """Which copy an owner may do is fixed by the seed, the task and the owners."""
    fleet = _participants(list(range(7)))
    first = copies_of(LOT, 3, fleet, 1)
    again = copies_of(LOT, 3, [fleet[n] for n in order], 1)
    assert [set(lot.excluded) for lot in first] == [set(lot.excluded) for lot in again]


def test_copies_share_the_value() -> None:
    """All copies together are worth, and may cost, no more than the task."""
    lots = copies_of(LOT, 3, _participants([0, 1, 2]), 0)
    assert [lot.task for lot in lots] == ["t#1", "t#2", "t#3"]
    assert {(lot.group, lot.origin) for lot in lots} == {("t", "t")}
    assert {(lot.value, lot.reserve) for lot in lots} == {(33, 30)}


def test_tasks_deal_their_owners_differently() -> None:
    """No two owners always meet, and none always has the same copy."""
    fleet = _participants(list(range(6)))
    dealt = {
        tuple(
            lot.excluded for lot in copies_of(LOT.model_copy(update={"task": f"t{n}"}), 3, fleet, 0)
        )
        for n in range(20)
    }
    assert len(dealt) > 15


def test_a_worker_without_an_owner_is_its_own() -> None:
    """Who names no owner counts as one."""
    assert owner_of(Participant(worker=WorkerId("w"))) == "w"


def test_batches_go_by_depth_and_kind() -> None:
    """Tasks that wait for copied tasks are scored later than those, and kinds apart."""
    entries = [
        _entry("d", "c"),
        _entry("a"),
        _entry("b", kind="other"),
        _entry("c", "plain"),
        _entry("plain", "a", copies=1),
        _entry("e", "plain-too", copies=2),
        _entry("plain-too", copies=1),
    ]
    assert batches_of(entries, 4) == {"a": 6, "e": 6, "b": 5, "c": 7, "d": 8}


def test_tasks_without_copies_have_no_batch() -> None:
    """Where nothing is copied nothing is scored by peers."""
    assert batches_of([_entry("a", copies=1)], 0) == {}


def test_batches_are_counted_on() -> None:
    """Tasks that are given later come into later batches."""
    first, later = [_entry("a"), _entry("b", copies=1)], [_entry("c", kind="x"), _entry("d")]
    fleet = _participants([0, 1])
    assert form_batches(first, PeerSettings(), fleet, 0) == 1
    assert form_batches(later, PeerSettings(), fleet, 1) == 3
    assert [entry.batch for entry in (*first, *later)] == [1, 0, 3, 2]
    assert form_batches([_entry("e", copies=1)], None, fleet, 3) == 3


def test_seeds_of_batches_differ_and_are_fixed() -> None:
    """The draws of a batch follow from the seed of the run and its number alone."""
    assert len({pairing_seed(seed, batch) for seed in range(5) for batch in range(5)}) == 25
    assert pairing_seed(1, 2) == pairing_seed(1, 2)


@pytest.mark.parametrize(
    ("entries", "settings", "words"),
    [
        ([_entry("t", copies=2)], None, "task 't' has redundancy: say by peer=... how it is"),
        ([_entry("t", copies=4)], PeerSettings(), "4 workers of different owners, but the workers"),
        ([_entry("t", copies=-1)], None, "redundancy is at least 1, not -1"),
        ([_entry("t" * 199)], PeerSettings(), "with copies its id has at most 196 characters"),
        ([_entry("t"), _entry("t#1", copies=1)], PeerSettings(), "the id 't#1' is that of a copy"),
    ],
)
def test_what_cannot_be_copied(
    entries: list[Entry], settings: PeerSettings | None, words: str
) -> None:
    """Too few owners, no settings and ids that are taken are refused."""
    with pytest.raises(ValueError, match=words.replace(".", r"\.")):
        check_copies(entries, settings, _participants([0, 1, 1, 2]))


def test_enough_owners_are_enough() -> None:
    """As many owners as copies will do, and tasks without copies need no settings."""
    check_copies([_entry("t", copies=3)], PeerSettings(), _participants([0, 1, 2]))
    check_copies([_entry("t", copies=1)], None, [])
    assert copy_ids(TaskId("t"), 1) == ("t#1",)
