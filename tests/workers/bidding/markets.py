"""Calls for proposals to a worker and its rivals, and how its work ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.contract import Contract
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    Outcome,
    Participant,
    Refusal,
    Result,
)
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from workers.ports import Lesson

if TYPE_CHECKING:
    from workers.llm import OpenAIWorker

NUMBER = AnnouncementId("a1")


def lot(task: str = "t1", *, kind: str = "sums", prompt: str = "2 + 2?", value: int = 10**9) -> Lot:
    """Return a lot that is worth so many nano-units."""
    worth = Money(value)
    return Lot(task=TaskId(task), kind=kind, prompt=prompt, value=worth, reserve=worth)


async def said(
    worker: OpenAIWorker, *lots: Lot, rivals: tuple[str, ...] = ("other",)
) -> list[Bid | Refusal]:
    """Return what a worker submits, sorted by task, after its ceilings were asked for."""
    for each in lots:
        worker.bid_ceiling(each)
    names = (worker.name, *map(WorkerId, rivals))
    call = Announcement(
        announcement=NUMBER,
        number=1,
        lots=lots,
        participants=tuple(Participant(worker=name) for name in names),
    )
    answers: list[Bid | Refusal] = []
    await worker.bid(call, answers.append)
    return sorted(answers, key=lambda answer: answer.task)


async def bid(
    worker: OpenAIWorker, of: Lot | None = None, rivals: tuple[str, ...] = ("other",)
) -> Bid:
    """Return the bid of a worker on one lot."""
    (answer,) = await said(worker, of or lot(), rivals=rivals)
    assert isinstance(answer, Bid)
    return answer


async def done(worker: OpenAIWorker, of: Lot | None = None) -> Result | Failure:
    """Have a lot done under a contract that pays for success and scores the report."""
    of = of or lot()
    return await worker.execute(of, award(worker, of))


def award(worker: OpenAIWorker, of: Lot) -> Award:
    """Return the award of a lot."""
    contract = Contract(per_success=Money(5), score_weight=Money(1), report=0.5)
    return Award(
        announcement=NUMBER,
        task=of.task,
        worker=worker.name,
        contract=contract,
        score=Money(0),
        pivot=Money(0),
    )


def judged(
    worker: OpenAIWorker,
    success: float,
    of: Lot | None = None,
    cost: int = 0,
    offer: Bid | None = None,
) -> None:
    """Tell a worker how its work on a lot was judged, and in a resumed run what it had bid."""
    of = of or lot()
    result = Result(
        announcement=NUMBER, task=of.task, worker=worker.name, answer="4", cost=Money(cost)
    )
    outcome = Outcome(
        announcement=NUMBER, task=of.task, worker=worker.name, success=success, verifier="exact"
    )
    offer = offer or Bid(
        announcement=NUMBER, task=of.task, worker=worker.name, cost=Money(0), probability=0.5
    )
    worker.learn(Lesson(of, award(worker, of), offer, result, outcome))
