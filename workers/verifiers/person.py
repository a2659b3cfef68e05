"""A verifier that waits for a person, whose verdicts come by a file."""

import json
import os
from abc import ABC, abstractmethod
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal

import anyio
from pydantic import Field, ValidationError

from protocols.frozen import Frozen
from protocols.messages import Lot, Result
from protocols.units import AnnouncementId, Name, Probability, TaskId, Text, WorkerId
from workers.ports import Assessment, Assessor, Verdict, Verifier, VerifierError
from workers.spec import Spec

_LOOKS_EVERY: Final = 0.5
"""Seconds between two looks at the file."""


class AsksPerson(ABC):
    """A verifier that may ask a person, who says by a file."""

    @abstractmethod
    def reading(self, file: "VerdictFile") -> Verifier:
        """Return the verifier that waits for verdicts in this file."""


class Human(Spec, AsksPerson):
    """Accepts an answer that a person accepts, by ``truthbid approve``.

    The run waits for it, for as long as it takes or for ``seconds``; it can be stopped meanwhile,
    the verdict given, and the run resumed.
    """

    type: Literal["human"] = "human"
    question: Annotated[Text, Field(description="What the person is asked about the answer.")] = (
        "Is this answer right?"
    )
    seconds: Annotated[
        float | None,
        Field(gt=0, le=1e9, description="How long the run waits; for ever if left out."),
    ] = None

    def reading(self, file: "VerdictFile") -> "ByPerson":
        """Return the verifier that waits for a verdict in a file."""
        return ByPerson(self, file)

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Refuse.

        Raises:
            VerifierError: Always: without the journal of a run nobody can be asked.
        """
        del lot, result
        raise VerifierError("a person can be asked only in a run with a journal")


class Ruling(Frozen):
    """What a person has said of one answer.

    Attributes:
        announcement: In which announcement the work was awarded.
        task: The task, or the copy of it.
        worker: Whose answer it is.
        answer: The digest of the answer, so that no other one is meant.
        success: 1 accepted, 0 not, between them for graded work.
        reason: Why, in a few words.
    """

    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    answer: Name
    success: Probability
    reason: Annotated[str, Field(max_length=1_000)] = ""

    @classmethod
    def on(cls, result: Result, success: float, reason: str = "") -> "Ruling":
        """Return a ruling on a result."""
        return cls(
            announcement=result.announcement,
            task=result.task,
            worker=result.worker,
            answer=digest(result.answer),
            success=success,
            reason=reason,
        )

    def is_on(self, result: Result) -> bool:
        """Whether it is about this result and this answer."""
        mine = (self.announcement, self.task, self.worker, self.answer)
        return mine == (result.announcement, result.task, result.worker, digest(result.answer))


class Admission(Frozen):
    """What a person has said of a worker on hold.

    Attributes:
        worker: Which.
        decision: The how-manieth decision about it has put it on hold, so that no later one is meant.
        goes_on: Whether it may go on.
        reason: Why, in a few words.
    """

    worker: WorkerId
    decision: Annotated[int, Field(ge=1)]
    goes_on: bool
    reason: Annotated[str, Field(max_length=1_000)] = ""


def digest(answer: str) -> str:
    """Return the hash by which an answer is known."""
    return sha256(answer.encode("utf-8", "replace")).hexdigest()


class VerdictFile:
    """What people say of the answers and workers of one run: a line of JSON each, the first counts.

    A ruling is written whole and is on the disk when `write` returns, so the run may be under way,
    stopped or crashed. What is no ruling, such as a line that is just being written, is passed over.

    Args:
        path: Where it lies; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._rulings: list[Ruling | Admission] = []

    @classmethod
    def beside(cls, journal: Path) -> "VerdictFile":
        """Return the file of the run with this journal."""
        return cls(journal.with_name(f"{journal.name}.verdicts"))

    def write(self, ruling: Ruling | Admission) -> None:
        """Add a ruling.

        Raises:
            OSError: If it cannot be written.
        """
        line = f"{ruling.model_dump_json()}\n".encode()
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, b"\n" + line if self._is_torn() else line)
            os.fsync(file)
        finally:
            os.close(file)

    def find(self, result: Result) -> Ruling | None:
        """Return the ruling on a result, if there is one."""
        self._look()
        rulings = (each for each in self._rulings if isinstance(each, Ruling))
        return next((each for each in rulings if each.is_on(result)), None)

    def on_worker(self, worker: WorkerId, decision: int) -> Admission | None:
        """Return what was said of a worker that a decision has put on hold, if anything was."""
        self._look()
        said = (each for each in self._rulings if isinstance(each, Admission))
        meant = (worker, decision)
        return next((each for each in said if (each.worker, each.decision) == meant), None)

    def clear(self) -> None:
        """Forget all: rulings from before the run began are about another one."""
        self.path.unlink(missing_ok=True)

    def _look(self) -> None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return
        if (found.st_mtime_ns, found.st_size) != self._seen:
            self._seen = (found.st_mtime_ns, found.st_size)
            lines = self.path.read_bytes().splitlines()
            self._rulings = [ruling for line in lines if (ruling := _read(line)) is not None]

    def _is_torn(self) -> bool:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return False
        return bool(content) and not content.endswith(b"\n")


def _read(line: bytes) -> Ruling | Admission | None:
    try:
        said = json.loads(line)
        kind = Admission if isinstance(said, dict) and "goes_on" in said else Ruling
        return kind.model_validate(said)
    except (ValueError, ValidationError, RecursionError):
        return None


class ByPerson(Assessor):
    """Waits until there is a ruling on the answer.

    Args:
        spec: What the person is asked, and for how long.
        file: Where rulings come from.
    """

    type = "human"
    announced = True

    def __init__(self, spec: Human, file: VerdictFile) -> None:
        self.described = self.spec = spec
        self.seconds = spec.seconds or float("inf")
        self._file = file

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Wait for the ruling."""
        del lot
        # whoever writes the file is another process, from which no event comes
        while (ruling := self._file.find(result)) is None:  # noqa: ASYNC110 - see above
            await anyio.sleep(_LOOKS_EVERY)
        return Assessment(Verdict(ruling.success, ruling.reason))


def human(question: str | None = None, *, seconds: float | None = None) -> Human:
    """Return a verifier that waits for a person to say `truthbid approve`.

    Args:
        question: What the person is asked about the answer.
        seconds: How long the run waits; for ever if left out.

    >>> human("Is it polite?").question
    'Is it polite?'
    """
    return Human(seconds=seconds) if question is None else Human(question=question, seconds=seconds)
