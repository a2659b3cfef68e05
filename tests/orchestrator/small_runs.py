"""Two small runs whose numbers can be worked out by hand."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import fund, hold, owe, purse, spend, spent
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.task import Task
from protocols.contract import Contract, Settlement
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Verified,
)
from protocols.mechanism import Allocation, Unsold
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Lot,
    Outcome,
    Participant,
    Refusal,
    Result,
)
from protocols.units import AnnouncementId, Money, TaskId, WorkerId, money
from workers.ports import Submit, Worker
from workers.verifiers import Recorded

A, B = WorkerId("a"), WorkerId("b")
T1, T2, T3 = TaskId("t1"), TaskId("t2"), TaskId("t3")
FIRST, SECOND = AnnouncementId("a1"), AnnouncementId("a2")
PARTICIPANTS = (Participant(worker=A), Participant(worker=B, payable=True))


def lot(task: TaskId, **more: object) -> Lot:
    """Return a lot worth 100 nano-units."""
    plain = Lot(task=task, value=Money(100), reserve=Money(100), prompt=f"do {task}")
    return plain.model_copy(update=more)


def bid(worker: WorkerId, task: TaskId, cost: int, probability: float) -> Bid:
    """Return a bid in the first announcement."""
    return Bid(
        announcement=FIRST, task=task, worker=worker, cost=Money(cost), probability=probability
    )


def settled(worker: WorkerId, task: TaskId, numbers: Mapping[str, float]) -> Settlement:
    """Return a settlement in the first announcement."""
    return Settlement(
        announcement=FIRST,
        task=task,
        worker=worker,
        success=numbers["success"],
        score=numbers["score"],
        payment=Money(int(numbers["payment"])),
        cost=Money(int(numbers["cost"])),
    )


FOR_A = Award(
    announcement=FIRST,
    task=T1,
    worker=A,
    contract=Contract(base=Money(-40), per_success=Money(100), score_weight=Money(100), report=0.8),
    score=Money(54),
    pivot=Money(40),
    runner_up=B,
)
FOR_B = Award(
    announcement=FIRST,
    task=T2,
    worker=B,
    contract=Contract(base=Money(30), report=0.9),
    score=Money(70),
    pivot=Money(0),
    tied=True,
)


def events() -> list[Event]:
    """Return a run of three tasks: one solved, one failed and then unsold, one skipped.

    Worker a is ours: it solves t1 at a cost of 12 and is credited -40 + 100 - 4 = 56. Worker b is
    paid in cash: it fails at t2, at a cost of 25 of its own, and gets 30. Asking a costs 3.
    """
    return [
        RunOpened(
            run="small",
            version="0",
            seed=0,
            currency="USD",
            budget=Money(1000),
            participants=PARTICIPANTS,
            config={"mechanism": {"name": "contingent-vcg"}, "limits": {}},
            config_digest="0",
            transfers=fund(Money(1000)),
        ),
        TaskAdded(lot=lot(T1)),
        TaskAdded(lot=lot(T2)),
        TaskAdded(lot=lot(T3), needs=(T2,)),
        Announced(
            announcement=Announcement(
                announcement=FIRST, number=1, lots=(lot(T1), lot(T2)), participants=PARTICIPANTS
            ),
            transfers=hold(Money(5)),
        ),
        BidsClosed(
            announcement=FIRST,
            bids=(bid(A, T1, 10, 0.8), bid(B, T1, 20, 0.5), bid(B, T2, 20, 0.9)),
            refusals=(Refusal(announcement=FIRST, task=T2, worker=A),),
            transfers=spend(Money(5), Money(3), spent(A), "bill"),
        ),
        Allocated(
            allocation=Allocation(
                announcement=FIRST,
                mechanism="contingent-vcg",
                awards=(FOR_A, FOR_B),
                welfare=Money(124),
            ),
            transfers=(*hold(Money(15)), *hold(Money(30))),
        ),
        *carried_out(FOR_A, {"success": 1.0, "score": -0.04, "payment": 56, "cost": 12}),
        *carried_out(FOR_B, {"success": 0.0, "score": -0.81, "payment": 30, "cost": 25}),
        Closed(announcement=FIRST, number=1),
        TaskEnded(task=T1, state="solved"),
        Announced(
            announcement=Announcement(
                announcement=SECOND,
                number=2,
                as_of=1,
                lots=(lot(T2, attempt=2, parent=FIRST, excluded=(B,)),),
                participants=PARTICIPANTS,
            )
        ),
        BidsClosed(announcement=SECOND, bids=()),
        Allocated(
            allocation=Allocation(
                announcement=SECOND,
                mechanism="contingent-vcg",
                awards=(),
                unsold=(Unsold(task=T2, reason="no-bids"),),
                welfare=Money(0),
            )
        ),
        Closed(announcement=SECOND, number=2),
        TaskEnded(task=T2, state="unsold"),
        TaskEnded(task=T3, state="skipped"),
        RunClosed(reason="done"),
    ]


def carried_out(award: Award, numbers: Mapping[str, float]) -> Iterable[Event]:
    """Yield the events of an award from its start to its settlement."""
    task, worker = award.task, award.worker
    settlement = settled(worker, task, numbers)
    cost, payment = settlement.cost, settlement.payment
    yield Started(announcement=FIRST, task=task, worker=worker)
    yield Finished(
        report=Result(
            announcement=FIRST,
            task=task,
            worker=worker,
            answer="<script>alert(1)</script>",
            cost=cost,
        )
    )
    yield Verified(
        outcome=Outcome(
            announcement=FIRST,
            task=task,
            worker=worker,
            success=settlement.success,
            verifier="exact",
        )
    )
    bill = (*spend(Money(15), cost, spent(worker), "bill"), *owe(worker, payment))
    pay = spend(Money(30), payment, purse(worker), "pay")
    yield Settled(settlement=settlement, transfers=bill if worker == A else pay)


def write(path: Path, listed: Iterable[Event]) -> Path:
    """Write events to a journal, one second apart, and return its path."""
    seconds = iter(range(1_700_000_000, 1_800_000_000))
    journal = SqliteJournal(path, lambda: float(next(seconds)))
    for event in listed:
        journal.append(event)
    journal.close()
    return path


class Known(Worker):
    """A worker that states one chance and one cost, and succeeds always or never."""

    instant = True

    def __init__(
        self,
        name: str,
        chance: float,
        *,
        right: bool,
        repeatable: bool = True,
        cost: str = "0.1",
    ) -> None:
        self.participant = Participant(worker=WorkerId(name))
        self.repeatable = repeatable
        self._chance, self._right = chance, right
        self._cost = money(cost)

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid the same on every lot."""
        for each in announcement.lots:
            submit(
                Bid(
                    announcement=announcement.announcement,
                    task=each.task,
                    worker=self.name,
                    cost=self._cost,
                    probability=self._chance,
                )
            )

    async def execute(self, lot: Lot, award: Award) -> Result:
        """Succeed or fail as known."""
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer="done",
            cost=self._cost,
            truth=float(self._right),
        )


def liar_and_honest(*, repeatable: bool = True) -> list[Worker]:
    """Return one worker that states 0.9 and always fails, and one that states 0.6 and never does."""
    return [
        Known("liar", 0.9, right=False, repeatable=repeatable),
        Known("honest", 0.6, right=True),
    ]


TASKS = tuple(Task("do it", value=1, verify=Recorded(), id=f"t{n}") for n in range(10))
"""Ten tasks worth 1 each, judged by what the worker knows."""


async def market(
    path: Path, workers: Iterable[Worker], *listeners: Callable[[Event], None]
) -> Path:
    """Run the ten tasks at a stake of 0.02 with one attempt each; return the journal."""
    coordinator = Coordinator(
        workers,
        mechanism={"name": "contingent-vcg", "stake": "0.02"},
        journal=path,
        limits=Limits(batch=4, attempts=1),
    )
    for listener in listeners:
        coordinator.listen(listener)
    async with coordinator:
        await coordinator.run_all(TASKS)
    return path
