"""Calls for proposals, awards and answers for the tests of workers and verifiers."""

from collections.abc import Sequence

from protocols.contract import Contract
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Outcome, Refusal, Result
from protocols.units import AnnouncementId, Money, TaskId, WorkerId, money
from workers.ports import Lesson, Worker

NUMBER = AnnouncementId("a1")


def lot(
    task: str = "t1",
    *,
    kind: str = "task",
    prompt: str = "",
    attempt: int = 1,
    excluded: Sequence[str] = (),
) -> Lot:
    """Return a lot worth one unit."""
    return Lot(
        task=TaskId(task),
        kind=kind,
        prompt=prompt,
        value=money(1),
        reserve=money(1),
        attempt=attempt,
        excluded=tuple(map(WorkerId, excluded)),
    )


def call(*lots: Lot) -> Announcement:
    """Return a call for proposals on some lots."""
    return Announcement(announcement=NUMBER, number=1, lots=lots, participants=())


def award(worker: str, task: str = "t1") -> Award:
    """Return an award of a task."""
    return Award(
        announcement=NUMBER,
        task=TaskId(task),
        worker=WorkerId(worker),
        contract=Contract(report=0.5),
        score=Money(0),
        pivot=Money(0),
    )


def result(answer: str, *, truth: float | None = None) -> Result:
    """Return the result of a task."""
    return Result(
        announcement=NUMBER,
        task=TaskId("t1"),
        worker=WorkerId("w"),
        answer=answer,
        cost=Money(0),
        truth=truth,
    )


def lesson(of: Lot, report: Result | Failure, success: float | None = None) -> Lesson:
    """Return what a worker is told of the end of its work; without a success nobody has judged it."""
    worker = report.worker
    bid = Bid(announcement=NUMBER, task=of.task, worker=worker, cost=Money(0), probability=0.5)
    outcome = None
    if success is not None:
        outcome = Outcome(
            announcement=NUMBER, task=of.task, worker=worker, success=success, verifier="exact"
        )
    return Lesson(of, award(worker, of.task), bid, report, outcome)


async def ask(worker: Worker, *lots: Lot) -> list[Bid | Refusal]:
    """Return what a worker submits on some lots."""
    said: list[Bid | Refusal] = []
    await worker.bid(call(*lots), said.append)
    return said


async def bids(worker: Worker, *lots: Lot) -> list[Bid]:
    """Return what a worker bids on some lots, and check that it refuses none."""
    said = await ask(worker, *lots)
    assert all(isinstance(message, Bid) for message in said)
    return [message for message in said if isinstance(message, Bid)]
