"""Winner determination: the fast path, the coupled path, ties."""

import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import winner_determination
from protocols.errors import InexactError, MechanismError
from protocols.messages import Announcement, Bid, Lot
from protocols.units import AnnouncementId
from protocols.vcg import Vcg
from protocols.winner_determination import Solution, determine_winners, split
from tests.protocols.auctions import Auction, auction, auctions
from tests.protocols.brute_force import best_welfare


def savings(lot: Lot, bid: Bid) -> int:
    """Score a bid by what it saves against the reserve."""
    return lot.reserve - bid.cost


def scores(announcement: Announcement, bids: list[Bid]) -> list[dict[str, int]]:
    """Return for each lot what every worthwhile bid saves."""
    return [
        {
            bid.worker: savings(lot, bid)
            for bid in bids
            if bid.task == lot.task and savings(lot, bid) >= 0
        }
        for lot in announcement.lots
    ]


def limits(announcement: Announcement) -> dict[str, int]:
    """Return the capacities of an announcement."""
    return {
        member.worker: member.capacity
        for member in announcement.participants
        if member.capacity is not None
    }


def gains(solution: Solution) -> dict[str, int]:
    """Return score minus pivot by worker."""
    total: Counter[str] = Counter()
    for win in solution.wins:
        total[win.bid.worker] += win.score - win.pivot
    return {worker: gain for worker, gain in total.items() if gain}


@settings(max_examples=100)
@given(auctions(lots=4, workers=4))
def test_welfare_and_pivots_equal_brute_force(drawn: Auction) -> None:
    """W and every W(-i) equal the best of all assignments, with capacities or without."""
    announcement, bids = drawn
    table, rooms = scores(announcement, bids), limits(announcement)
    solution = determine_winners(announcement, bids, savings, seed=1)

    assert solution.welfare == best_welfare(table, rooms)
    for worker in {win.bid.worker for win in solution.wins}:
        own = [win for win in solution.wins if win.bid.worker == worker]
        rest = solution.welfare - sum(win.score for win in own)

        assert sum(win.pivot for win in own) == best_welfare(table, rooms, without=worker) - rest
        assert len(own) <= rooms.get(worker, len(table))


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_no_lot_costs_more_than_it_is_worth(drawn: Auction) -> None:
    """Each share of a pivot lies between zero and the score of its lot."""
    announcement, bids = drawn
    solution = determine_winners(announcement, bids, savings, seed=1)

    assert all(0 <= win.pivot <= win.score for win in solution.wins)


@settings(max_examples=50)
@given(auctions(lots=4, workers=4), st.randoms(use_true_random=False), st.integers())
def test_the_order_of_bids_does_not_matter(drawn: Auction, shuffler: Random, seed: int) -> None:
    """Whoever bids first: the same winners, pivots and runners-up."""
    announcement, bids = drawn
    shuffled = list(bids)
    shuffler.shuffle(shuffled)

    assert determine_winners(announcement, shuffled, savings, seed) == determine_winners(
        announcement, bids, savings, seed
    )


@settings(max_examples=50)
@given(auctions(lots=4, workers=4), st.integers(), st.integers())
def test_no_tie_break_is_worth_fighting_for(drawn: Auction, one: int, other: int) -> None:
    """Whatever the seed, the welfare and every worker's gain are the same."""
    announcement, bids = drawn
    first = determine_winners(announcement, bids, savings, one)
    second = determine_winners(announcement, bids, savings, other)

    assert first.welfare == second.welfare
    assert gains(first) == gains(second)


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_names_do_not_matter(drawn: Auction) -> None:
    """Renaming the workers renames their gains and changes nothing else."""
    announcement, bids = drawn
    new = {member.worker: f"x{member.worker}" for member in announcement.participants}
    renamed = announcement.model_copy(
        update={
            "participants": tuple(
                member.model_copy(update={"worker": new[member.worker]})
                for member in announcement.participants
            )
        }
    )
    copies = [bid.model_copy(update={"worker": new[bid.worker]}) for bid in bids]
    before = gains(determine_winners(announcement, bids, savings, 7))
    after = gains(determine_winners(renamed, copies, savings, 7))

    assert after == {f"x{worker}": gain for worker, gain in before.items()}


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_both_solvers_give_the_same_answer(drawn: Auction) -> None:
    """Above and below the size where the vectorised solver takes over, even ties end the same."""
    announcement, bids = drawn
    plain = determine_winners(announcement, bids, savings, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winner_determination, "SMALL", -1)
        fast = determine_winners(announcement, bids, savings, 3)

    assert fast == plain


def test_a_single_lot_needs_no_solver() -> None:
    """Ten bids on one lot are cleared without loading scipy, even with a capacity each."""
    program = (
        "import sys\n"
        "from protocols.vcg import Vcg\n"
        "from tests.protocols.auctions import auction\n"
        "names = 'abcdefghij'\n"
        "bids = {name: [(place, 1.0)] for place, name in enumerate(names)}\n"
        "announcement, bids = auction([10], bids, limits=dict.fromkeys(names, 1))\n"
        "awards = Vcg().clear(announcement, bids, {}, 0).awards\n"
        "print(awards[0].worker, 'scipy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["a", "False"]


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_a_dominated_newcomer_changes_nothing(drawn: Auction) -> None:
    """A worker that is dearer than every reserve moves neither winners nor pivots."""
    announcement, bids = drawn
    useless = [
        bids[0].model_copy(update={"worker": "z", "task": lot.task, "cost": lot.reserve + 1})
        for lot in announcement.lots
        if bids
    ]

    assert gains(determine_winners(announcement, [*bids, *useless], savings, 3)) == gains(
        determine_winners(announcement, bids, savings, 3)
    )


def test_a_lot_without_a_winner_says_why() -> None:
    """No bids, none worth it, no room: three different reasons."""
    announcement, bids = auction(
        [10, 10, 10, 10],
        {"a": [(1, 1.0), (11, 1.0), (2, 1.0), None]},
        limits={"a": 1},
    )
    solution = determine_winners(announcement, bids, savings, 1, "above-reserve")

    assert [(lot.task, lot.reason) for lot in solution.unsold] == [
        ("t1", "above-reserve"),
        ("t2", "capacity"),
        ("t3", "no-bids"),
    ]


def test_a_bid_at_the_reserve_wins() -> None:
    """A score of zero is worth having: the work gets done and nobody loses."""
    announcement, bids = auction([10], {"a": [(10, 1.0)]})

    assert len(determine_winners(announcement, bids, savings, 1).wins) == 1


def test_a_tie_is_marked_and_the_runner_up_is_named() -> None:
    """An award says who came next and whether the tie-break decided."""
    announcement, bids = auction([10, 10], {"a": [(4, 1.0), (3, 1.0)], "b": [(4, 1.0), (5, 1.0)]})
    tied, clear = determine_winners(announcement, bids, savings, 1).wins

    assert {tied.bid.worker, tied.runner_up} == {"a", "b"}
    assert (tied.tied, clear.tied) == (True, False)
    assert clear.runner_up == "b"


def test_a_pivot_counts_that_the_next_best_has_no_room() -> None:
    """Without a, b would be the best on both lots but can do one: a's pivot is 5, not 8."""
    announcement, bids = auction(
        [10, 10],
        {"a": [(1, 1.0), None], "b": [(2, 1.0), (3, 1.0)], "c": [(5, 1.0), (9, 1.0)]},
        limits={"b": 1},
    )
    first, second = determine_winners(announcement, bids, savings, 1).wins

    assert (first.bid.worker, first.score, first.pivot) == ("a", 9, 5)
    assert (second.bid.worker, second.score, second.pivot) == ("b", 7, 1)


@pytest.mark.parametrize(("cost", "tied"), [(4, True), (5, False)])
def test_a_tie_is_marked_where_capacities_bind(cost: int, tied: bool) -> None:
    """Of three workers with room for one lot each, two win; equal to the third they are tied."""
    announcement, bids = auction(
        [10, 10],
        {"a": [(4, 1.0)] * 2, "b": [(4, 1.0)] * 2, "c": [(cost, 1.0)] * 2},
        limits=dict.fromkeys("abc", 1),
    )
    wins = determine_winners(announcement, bids, savings, 1).wins

    assert [win.tied for win in wins] == [tied, tied]


def test_seeds_break_ties_evenly() -> None:
    """Over many announcements each of three equals wins about a third."""
    announcement, bids = auction([10], {name: [(4, 1.0)] for name in "abc"})
    wins: Counter[str] = Counter(
        determine_winners(
            announcement.model_copy(update={"announcement": AnnouncementId(f"a{number}")}),
            bids,
            savings,
            0,
        )
        .wins[0]
        .bid.worker
        for number in range(600)
    )

    assert all(150 < wins[name] < 250 for name in "abc")


def test_a_welfare_beyond_all_bounds_is_refused() -> None:
    """Two awards of a million units each are more than an allocation can state."""
    announcement, bids = auction([10**15] * 2, {"a": [(0, 1.0)] * 2})

    with pytest.raises(InexactError, match="beyond a million units"):
        Vcg().clear(announcement, bids, {}, 0)


def test_a_bid_on_an_unknown_task_is_named() -> None:
    """A bid on a task that was not announced is refused by name."""
    announcement, bids = auction([10], {"a": [(1, 1.0)]})
    stray = bids[0].model_copy(update={"task": "t9"})

    with pytest.raises(MechanismError, match="worker 'a' bids on task 't9'"):
        determine_winners(announcement, [stray], savings, 1)


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_a_split_adds_up(total: int, weights: list[int]) -> None:
    """The parts of a split add up to the whole, and none exceeds its proportion by a whole unit."""
    parts = split(total, weights)

    assert sum(parts) == total
    if sum(weights):
        assert all(
            abs(part * sum(weights) - total * weight) < sum(weights)
            for part, weight in zip(parts, weights, strict=True)
        )
