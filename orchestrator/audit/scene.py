"""One auction of an audit: what is put up, what everybody knows, and how the work would end."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar

from protocols.messages import Announcement, Bid
from protocols.units import TaskId, WorkerId

T = TypeVar("T")

Known = Mapping[tuple[WorkerId, TaskId], Bid]
"""What each worker knows of each lot, in the form of its honest bid."""


class Answer(NamedTuple):
    """What a worker says once it has done the work.

    Attributes:
        text: In a form in which equal answers are equal.
        confidence: How likely it holds the answer to be right; ``None`` if it does not say.
    """

    text: str
    confidence: float | None


Answers = Mapping[tuple[WorkerId, TaskId], Answer]
"""What the answers would say; where there is none, it is only right or wrong."""


class Scene(NamedTuple):
    """An announcement with the truth behind it.

    Attributes:
        announcement: The lots and who may bid.
        known: The true cost and the believed probability of every worker on every lot.
        success: How the work of each worker on each lot would end; drawn, or as recorded.
        recorded: Whether the outcomes are a record: payments are then taken at the outcome, else
            in expectation over it, which has the same mean and less noise.
        answers: What each worker would say with its work.
    """

    announcement: Announcement
    known: Known
    success: Mapping[tuple[WorkerId, TaskId], float]
    recorded: bool = False
    answers: Mapping[tuple[WorkerId, TaskId], Answer] = {}


def attempts(scene: Scene) -> Scene:
    """Return a scene whose lots are attempts at its first one, which any of its workers may make."""
    first = scene.announcement.lots[0]
    places = range(len(scene.announcement.lots))
    names = [TaskId(f"{first.task}+{place}") if place else first.task for place in places]

    def copied(table: Mapping[tuple[WorkerId, TaskId], T]) -> dict[tuple[WorkerId, TaskId], T]:
        of_first = [(worker, each) for (worker, task), each in table.items() if task == first.task]
        return {(worker, name): each for worker, each in of_first for name in names}

    lots = tuple(first.model_copy(update={"task": name}) for name in names)
    known = copied(scene.known)
    return scene._replace(
        announcement=scene.announcement.model_copy(update={"lots": lots}),
        known={key: bid.model_copy(update={"task": key[1]}) for key, bid in known.items()},
        success=copied(scene.success),
        answers=copied(scene.answers),
    )


class Population(Protocol):
    """Where scenes come from: workers whose costs, skills or records are known."""

    @property
    def workers(self) -> tuple[WorkerId, ...]:
        """Who takes part."""
        ...

    def scenes(self, replication: int, rounds: int) -> list[Scene]:
        """Return the auctions of one replication; the same number gives the same scenes."""
        ...
