"""What belongs to one auction is gathered, and the telling auctions are kept."""

import pytest

from orchestrator.reports.story import Stories, Story
from protocols.events import Closed, Unsettled
from tests.orchestrator.small_runs import FIRST, SECOND, T1, T2, A, events


def stories(most: int = 10) -> list[Story]:
    """Return what is told of the small run."""
    found = Stories(most)
    for event in events():
        found.note(event)
    assert found.seen == 3
    return found.told()


def test_each_lot_of_each_announcement_is_a_story() -> None:
    """The small run has two lots in a1 and one in a2; flagged ones come first, newest first."""
    told = stories()
    assert [(story.announcement, story.lot.task) for story in told] == [
        (SECOND, T2),
        (FIRST, T2),
        (FIRST, T1),
    ]
    assert [story.flags for story in told] == [
        ("unsold", "announced again"),
        ("failed", "tie"),
        (),
    ]


def test_a_story_has_everything() -> None:
    """Bids, refusals, the award, the answer, the outcome and the settlement are in it."""
    story = stories()[2]
    assert [bid.worker for bid in story.bids] == ["a", "b"]
    call = story.calls[A]
    assert call.award.pivot == 40
    assert call.report is not None
    assert call.outcome is not None
    assert call.settlement is not None
    assert call.settlement.payment == 56
    assert stories()[1].refusals == 1


@pytest.mark.parametrize("most", [0, 1, 2])
def test_only_the_most_telling_are_kept(most: int) -> None:
    """With little room the newest flagged auctions stay."""
    expected = [(SECOND, T2), (FIRST, T2)][:most]
    assert [(story.announcement, story.lot.task) for story in stories(most)] == expected


def test_an_unfinished_auction_is_told_too() -> None:
    """Of a run that was cut off, what happened so far is told."""
    found = Stories(10)
    for event in events():
        if isinstance(event, Closed):
            break
        found.note(event)
    found.note(Unsettled(announcement=FIRST, task=T1, worker=A, reason="called off"))
    told = {story.lot.task: story for story in found.told()}
    assert told[T1].flags == ("unsettled",)
