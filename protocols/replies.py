"""What the coordinator answers: to bids that lose, and to messages that cannot be taken."""

from typing import NamedTuple

from protocols.messages import Award, NotUnderstood, Rejection
from protocols.units import AnnouncementId, TaskId, WorkerId


class Decision(NamedTuple):
    """What follows from an allocation.

    Attributes:
        announcement: Of which announcement.
        awards: The accepted bids, in the order of the allocation.
        turned_down: Task, worker and reason of every other bid.
    """

    announcement: AnnouncementId
    awards: tuple[Award, ...]
    turned_down: tuple[tuple[TaskId, WorkerId, str], ...]

    def rejections(self) -> tuple[Rejection, ...]:
        """Return the messages to the losers; made on demand, as workers in-process need none."""
        return tuple(
            Rejection(announcement=self.announcement, task=task, worker=worker, reason=reason)
            for task, worker, reason in self.turned_down
        )


class Replies:
    """The replies to messages that cannot be taken: given as often as asked, recorded once.

    A worker that repeats itself fills no memory: there is one record for each task, worker and
    reason, and the reasons are a fixed few.
    """

    __slots__ = ("_announcement", "_misread", "_rejected")

    def __init__(self, announcement: AnnouncementId) -> None:
        self._announcement = announcement
        self._rejected: dict[tuple[TaskId, WorkerId, str], Rejection] = {}
        self._misread: dict[tuple[TaskId | None, WorkerId, str], NotUnderstood] = {}

    def reject(self, task: TaskId, worker: WorkerId, reason: str) -> Rejection:
        """Turn a bid away."""
        key = (task, worker, reason)
        if key not in self._rejected:
            self._rejected[key] = Rejection(
                announcement=self._announcement, task=task, worker=worker, reason=reason
            )
        return self._rejected[key]

    def misread(self, task: TaskId | None, worker: WorkerId, reason: str) -> NotUnderstood:
        """Say that a message makes no sense."""
        key = (task, worker, reason)
        if key not in self._misread:
            self._misread[key] = NotUnderstood(
                announcement=self._announcement, task=task, worker=worker, reason=reason
            )
        return self._misread[key]

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """All rejections so far, by task, worker and reason."""
        return tuple([self._rejected[key] for key in sorted(self._rejected)])

    @property
    def not_understood(self) -> tuple[NotUnderstood, ...]:
        """All not-understood replies so far, in no particular order."""
        return tuple(self._misread.values())
