"""Lots that take up different parts of a capacity."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.catalog import TAKE_SIZES
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.properties import Setting, expected_utility, misreports
from protocols.sized_auction import TakesSizes, determine_sized
from protocols.units import TaskId, WorkerId
from protocols.vcg import savings
from protocols.winner_determination import Solution, determine_winners
from tests.protocols.auctions import Auction, auction, auctions, quadratic
from tests.protocols.examples import EXAMPLES


def gains(solution: Solution) -> dict[str, int]:
    """Return what each worker gains, score less pivot; zeros are left out."""
    total: dict[str, int] = {}
    for win in solution.wins:
        total[win.bid.worker] = total.get(win.bid.worker, 0) + win.score - win.pivot
    return {worker: gain for worker, gain in total.items() if gain}


def test_the_catalog_names_the_mechanisms_that_take_sizes() -> None:
    """Whoever is on the list clears lots with sizes, and nobody else does."""
    found = {name for name, rule in EXAMPLES.items() if isinstance(rule, TakesSizes)}

    assert found == set(TAKE_SIZES)


@settings(max_examples=25)
@given(auctions(lots=3, workers=3))
def test_sizes_of_one_are_capacities(drawn: Auction) -> None:
    """Where every lot takes up 1 the welfare and all gains are those of plain capacities."""
    announcement, bids = drawn
    sized = determine_sized(announcement, bids, savings, 0, {}, "above-reserve")
    plain = determine_winners(announcement, bids, savings, 0)

    assert sized.welfare == plain.welfare
    assert gains(sized) == gains(plain)


@pytest.mark.parametrize("name", TAKE_SIZES)
@settings(max_examples=15)
@given(auctions(lots=3, workers=3, limited=False), st.data())
def test_a_worker_never_wins_more_than_fits(name: str, drawn: Auction, data: st.DataObject) -> None:
    """The sizes of a worker's lots add up to its capacity at most, and no lot costs its worker."""
    announcement, bids = drawn
    rooms = {member.worker: data.draw(st.integers(1, 4)) for member in announcement.participants}
    limited = announcement.model_copy(
        update={
            "participants": tuple(
                member.model_copy(update={"capacity": rooms[member.worker]})
                for member in announcement.participants
            )
        }
    )
    sizes = {(bid.task, bid.worker): data.draw(st.integers(1, 4)) for bid in bids}
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesSizes)
    awards = rule.clear_sized(limited, bids, {}, 0, sizes).awards

    for worker, room in rooms.items():
        own = [award for award in awards if award.worker == worker]
        assert sum(sizes[award.task, worker] for award in own) <= room
        assert all(0 <= award.pivot <= award.score for award in own)


def test_what_does_not_fit_goes_to_the_next() -> None:
    """A worker with room for 10 cannot take 6 and 5; without it the others would save 3 less."""
    announcement, bids = auction(
        [20, 16], {"a": [(5, 1.0), (4, 1.0)], "b": [(12, 1.0), (6, 1.0)]}, limits={"a": 10, "b": 10}
    )
    sizes = {(TaskId("t0"), WorkerId("a")): 6, (TaskId("t1"), WorkerId("a")): 5}
    solution = determine_sized(announcement, bids, savings, 0, sizes, "above-reserve")

    assert [win.bid.worker for win in solution.wins] == ["a", "b"]
    assert solution.welfare == 15 + 10
    # without a, b does both: 8 + 10 of 25, of which 10 were b's anyway
    assert solution.wins[0].pivot == 8


@dataclass(frozen=True)
class Sized:
    """A mechanism on lots of given sizes, as the checks of promises want it."""

    rule: TakesSizes
    sizes: dict[tuple[TaskId, WorkerId], int]
    name: str = "sized"
    properties: Properties = EXAMPLES["vcg"].properties

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear by the sizes."""
        return self.rule.clear_sized(announcement, bids, standings, seed, self.sizes)


@pytest.mark.parametrize("name", TAKE_SIZES)
@settings(max_examples=10)
@given(auctions(lots=2, workers=3, limited=False), st.data())
def test_no_lie_about_sized_lots_gains(name: str, drawn: Auction, data: st.DataObject) -> None:
    """Neither costs and chances nor less room than there is, alone or together, gain anything."""
    announcement, bids = drawn
    rule = EXAMPLES[name]
    assert isinstance(rule, TakesSizes)
    sizes = {(bid.task, bid.worker): data.draw(st.integers(1, 3)) for bid in bids}
    setting = Setting(Sized(rule, sizes), announcement, quadratic)
    for member in announcement.participants:
        setting = setting.claiming(member.worker, data.draw(st.integers(1, 5)))
    honest = [bid for bid in bids if bid.worker == "w0"]
    best = expected_utility(setting, bids, bids, {"w0"})
    room = setting.announcement.participants[0].capacity or 1
    others = [bid for bid in bids if bid.worker != "w0"]
    for claim in range(1, room + 1):
        claimed = setting.claiming("w0", claim)
        for lie in misreports(honest, [0, 384], [0.5, 1.0]):
            assert expected_utility(claimed, [*others, *lie], bids, {"w0"}) <= best
