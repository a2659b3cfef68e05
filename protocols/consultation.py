"""Asking those whose verdicts take money or a person: said before it is done, and what came of it."""

from typing import Annotated, Literal

from pydantic import Field

from protocols.contract import Transfer
from protocols.frozen import Frozen
from protocols.messages import Note
from protocols.units import ZERO, Amount, AnnouncementId, Name, TaskId, Text, WorkerId


class Consulted(Frozen):
    """A judge or a person is about to be asked; durable before that, so no bill is ever unknown.

    Attributes:
        announcement: In which announcement the work was awarded.
        worker: Whose answer is judged; ``None`` where it is compared with those of its peers.
        verifier: Who is asked: the type of the verifier, or the name of the judge that compares.
        call: 1, and one more for each time that the verdict was lost in a crash.
        ceiling: The most that it can cost.
        transfers: A hold where none was made with the award; for a repeated call, the lost one
            booked as billed and a new hold.
    """

    event: Literal["consulted"] = "consulted"
    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId | None = None
    verifier: Name
    call: Annotated[int, Field(ge=1)] = 1
    ceiling: Amount = ZERO
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        about = [part for part in (self.announcement, self.task, self.worker) if part is not None]
        return "\t".join(["consulted", *about, str(self.call)])


class Compared(Frozen):
    """A judge has said which earlier answer to its task an answer is the same as.

    Attributes:
        task: The copy of the task that was answered.
        judge: Who says so.
        label: The class of the answer: the first answer that is the same, which may be itself;
            ``None`` if there is no verdict.
        asked: With how many answers the judge was asked to compare it.
        cost: What that has cost.
        reason: Why there is no verdict; empty if there is one.
        transfers: The bill, and what was held and is free again.
    """

    event: Literal["compared"] = "compared"
    announcement: AnnouncementId
    task: TaskId
    judge: Name
    label: Text | None
    asked: Annotated[int, Field(ge=0)] = 0
    cost: Amount = ZERO
    reason: Note = ""
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"compared\t{self.announcement}\t{self.task}"
