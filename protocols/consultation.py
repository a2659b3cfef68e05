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
        announcement: In which announcement the judged work was awarded; ``None`` where the answers
            to all copies of a task are compared.
        worker: Whose answer is judged; ``None`` likewise.
        verifier: Who is asked: the type of the verifier, or the name of the judge that compares.
        call: 1, and one more for each time that the verdict was lost in a crash.
        ceiling: The most that it can cost.
        transfers: A hold where none was made with the award; for a repeated call, the lost one
            booked as billed and a new hold.
    """

    event: Literal["consulted"] = "consulted"
    announcement: AnnouncementId | None = None
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
    """A judge has said which answers to the copies of a task are the same.

    Attributes:
        judge: Who says so.
        classes: The class of each answer that waits, in the order of the copies: the first answer
            that is the same. Empty if there is no verdict.
        asked: About how many pairs the judge was asked.
        cost: What that has cost.
        reason: Why there is no verdict; empty if there is one.
        transfers: The bill, and what was held and is free again.
    """

    event: Literal["compared"] = "compared"
    task: TaskId
    judge: Name
    classes: tuple[Text, ...] = ()
    asked: Annotated[int, Field(ge=0)] = 0
    cost: Amount = ZERO
    reason: Note = ""
    transfers: tuple[Transfer, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"compared\t{self.task}"
