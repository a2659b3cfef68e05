"""Bids that are no longer wanted, because their task is called off while they are taken."""

from pathlib import Path

import pytest

from orchestrator.reports.story import Stories
from orchestrator.reports.telling import tell
from protocols.events import Allocated, BidsClosed, RoundClosed
from tests.orchestrator.cancelling import ON_BOTH, Deliberate, run, task
from tests.orchestrator.markets import Paced


@ON_BOTH
def test_a_task_while_bids_are_taken(backend: str, tmp_path: Path) -> None:
    """Nobody bids on it any more, the mechanism never sees it, and the other lot is sold."""
    fleet = [Paced("ann", bids_after=10), Paced("bob", bids_after=1, ceiling=9, charge=2)]
    done = run(backend, tmp_path, fleet, [task(0), task(1)], mechanism="vickrey")

    (closed,), (allocated,) = done.of(BidsClosed), done.of(Allocated)
    assert done.states == ["cancelled", "solved"]
    assert closed.called_off == ("t0",)
    assert {bid.task for bid in closed.bids} == {"t1"}
    assert [(no.task, no.worker, no.reason) for no in closed.rejections] == [
        ("t0", "ann", "the lot was called off")
    ]
    assert [award.task for award in allocated.allocation.awards] == ["t1"]
    assert allocated.allocation.unsold == ()
    bills = [moved.amount for moved in closed.transfers if moved.purpose == "bill"]
    assert bills == [4]  # bob had been asked about both


@ON_BOTH
def test_bids_are_not_waited_for_that_nobody_wants(backend: str, tmp_path: Path) -> None:
    """Where every lot is called off, the bidding ends at once and nothing is allocated."""
    done = run(backend, tmp_path, [Paced("ann", bids_after=20)], [task(0)], mechanism="vickrey")

    (allocated,) = done.of(Allocated)
    assert done.seconds == pytest.approx(5)
    assert done.states == ["cancelled"]
    assert allocated.allocation.awards == allocated.allocation.unsold == ()


@ON_BOTH
@pytest.mark.parametrize("tasks", [1, 2])
def test_a_task_while_a_clock_runs(backend: str, tasks: int, tmp_path: Path) -> None:
    """Its clock stops in the round that is open; the clock of another lot runs on."""
    fleet = [Deliberate("ann", 300, bids_after=2), Deliberate("bob", 500, bids_after=2)]
    clock = {"name": "english", "step": "0.0000001", "rounds": True}
    done = run(backend, tmp_path, fleet, map(task, range(tasks)), mechanism=clock)

    rounds, (closed,) = done.of(RoundClosed), done.of(BidsClosed)
    assert done.states == ["cancelled", "solved"][:tasks]
    assert [each.number for each in rounds if each.called_off] == [3 if tasks > 1 else len(rounds)]
    assert closed.called_off == ("t0",)
    assert len(rounds) > 3 or tasks == 1


def test_the_report_tells_of_it(tmp_path: Path) -> None:
    """The story of a lot that was called off says why nobody won it."""
    stories = Stories(9)
    fleet = [Paced("ann", bids_after=20)]
    for event in run("asyncio", tmp_path, fleet, [task(0)], mechanism="vickrey").market.events:
        stories.note(event)
    (story,) = stories.told()

    assert story.flags == ("called off",)
    assert "called off while bids were taken" in " ".join(tell(story, "vickrey", "USD").sentences)


def test_the_report_tells_the_chance_of_a_draw(tmp_path: Path) -> None:
    """Where lots are drawn the story says with which chance this one fell to its worker."""
    stories = Stories(9)
    crew = [Paced("ann"), Paced("bob")]
    done = run("asyncio", tmp_path, crew, [task(0), task(1)], cancel="t1", mechanism="sortition")
    for event in done.market.events:
        stories.note(event)
    words = " ".join(
        sentence for each in stories.told() for sentence in tell(each, "x", "").sentences
    )

    assert "It was drawn with a chance of 50.0 %." in words
