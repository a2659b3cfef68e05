"""Builds the messages of a little market of two lots and three workers for the tests."""

from collections.abc import Sequence

from protocols.contract import Contract
from protocols.contract_net import ContractNet
from protocols.mechanism import Allocation, Unsold
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    NotUnderstood,
    Participant,
    Refusal,
    Result,
)
from protocols.moves import LotState, ParticipantState
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

NAME = AnnouncementId("a1")
OLD = AnnouncementId("a0")
T0, T1, NOWHERE = TaskId("t0"), TaskId("t1"), TaskId("nowhere")
ANN, BOB, CYD, EVE = WorkerId("ann"), WorkerId("bob"), WorkerId("cyd"), WorkerId("eve")
TASKS, WORKERS = (T0, T1), (ANN, BOB, CYD)

Key = TaskId | tuple[TaskId, WorkerId]
"""A lot, or a conversation about it."""


def announce(
    *, excluded: tuple[WorkerId, ...] = (), tasks: Sequence[TaskId] = TASKS
) -> ContractNet:
    """Announce lots to ann, bob and cyd; eve is never invited."""
    lots = (
        Lot(task=task, value=Money(9), reserve=Money(9), excluded=excluded if task == T0 else ())
        for task in tasks
    )
    return ContractNet(
        Announcement(
            announcement=NAME,
            number=2,
            lots=tuple(lots),
            participants=tuple(Participant(worker=worker) for worker in WORKERS),
        )
    )


def bid(
    task: TaskId, worker: WorkerId, cost: int = 1, *, announcement: AnnouncementId = NAME
) -> Bid:
    """Return a bid."""
    return Bid(
        announcement=announcement, task=task, worker=worker, cost=Money(cost), probability=0.5
    )


def refusal(task: TaskId, worker: WorkerId, reason: str = "") -> Refusal:
    """Return a refusal."""
    return Refusal(announcement=NAME, task=task, worker=worker, reason=reason)


def puzzled(task: TaskId | None, worker: WorkerId) -> NotUnderstood:
    """Return the message of a worker that does not understand."""
    return NotUnderstood(announcement=NAME, task=task, worker=worker, reason="what?")


def result(task: TaskId, worker: WorkerId, answer: str = "42") -> Result:
    """Return a report of work done."""
    return Result(announcement=NAME, task=task, worker=worker, answer=answer, cost=Money(1))


def failure(task: TaskId, worker: WorkerId) -> Failure:
    """Return a report of work not done."""
    return Failure(announcement=NAME, task=task, worker=worker, reason="gave up")


def allocation(*lines: tuple[TaskId, Sequence[WorkerId]]) -> Allocation:
    """Award each task to its workers, in the order of their ranks; the other tasks are unsold."""
    awards = tuple(
        Award(
            announcement=NAME,
            task=task,
            worker=worker,
            contract=Contract(report=0.5),
            rank=rank,
            score=Money(0),
            pivot=Money(0),
        )
        for task, workers in lines
        for rank, worker in enumerate(workers)
    )
    sold = {task for task, workers in lines if workers}
    unsold = tuple(Unsold(task=task, reason="not-worth-it") for task in TASKS if task not in sold)
    return Allocation(
        announcement=NAME, mechanism="test", awards=awards, unsold=unsold, welfare=Money(0)
    )


def awarded(*workers: WorkerId) -> ContractNet:
    """Return a net in which everybody has bid on t0 and these workers have won it, in this order."""
    net = announce(tasks=(T0,))
    for worker in WORKERS:
        net.receive(bid(T0, worker))
    net.close_bidding()
    net.allocate(allocation((T0, workers)))
    return net


def states(net: ContractNet) -> dict[Key, LotState | ParticipantState]:
    """Return where every lot and every conversation stands."""
    tasks = [lot.task for lot in net.announcement.lots]
    excluded = {lot.task: lot.excluded for lot in net.announcement.lots}
    lots: dict[Key, LotState | ParticipantState] = {task: net.lot_state(task) for task in tasks}
    return lots | {
        (task, worker): net.participant_state(task, worker)
        for task in tasks
        for worker in WORKERS
        if worker not in excluded[task]
    }


def closing_set(net: ContractNet) -> tuple[object, ...]:
    """Return everything that the journal keeps of the bidding."""
    return net.bids, net.refusals, net.rejections, net.not_understood, net.silent
