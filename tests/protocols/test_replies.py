"""The replies that are given as often as asked and recorded once."""

from protocols.messages import NotUnderstood, Rejection
from protocols.replies import Decision, Replies
from protocols.units import AnnouncementId, TaskId, WorkerId

NAME = AnnouncementId("a1")
TASK = TaskId("t0")
ANN = WorkerId("ann")
BOB = WorkerId("bob")


def test_a_repeated_reply_is_one_record() -> None:
    """A worker that repeats itself a thousand times leaves one record of each kind."""
    replies = Replies(NAME)
    for _ in range(1000):
        replies.reject(TASK, ANN, "late")
        replies.misread(None, ANN, "no such lot")

    assert replies.rejections == (
        Rejection(announcement=NAME, task=TASK, worker=ANN, reason="late"),
    )
    assert replies.not_understood == (
        NotUnderstood(announcement=NAME, worker=ANN, reason="no such lot"),
    )


def test_rejections_are_listed_by_content() -> None:
    """The list of rejections does not depend on the order in which they were given."""
    forth, back = Replies(NAME), Replies(NAME)
    for worker in (ANN, BOB):
        forth.reject(TASK, worker, "late")
    for worker in (BOB, ANN):
        back.reject(TASK, worker, "late")

    assert forth.rejections == back.rejections


def test_a_decision_writes_its_rejections_on_demand() -> None:
    """Each loser's message names announcement, lot, worker and reason."""
    decision = Decision(NAME, (), ((TASK, BOB, "another bid won"),))

    assert decision.rejections() == (
        Rejection(announcement=NAME, task=TASK, worker=BOB, reason="another bid won"),
    )
