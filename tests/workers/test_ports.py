"""What every worker of this process keeps to, whatever its type."""

from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Failure,
    Lot,
    Participant,
    Refusal,
    Result,
)
from protocols.units import AnnouncementId, Money, WorkerId, money
from tests.workers.calls import NUMBER, ask, award, call, lot
from workers.function import FunctionWorker
from workers.ports import Submit, Worker
from workers.record_file import RecordColumns
from workers.recorded import BidRule, RecordedWorker
from workers.records import RecordTable
from workers.scripted import Answer, GiveUp, Offer, ScriptedWorker, WorkStep
from workers.simulated import SimulatedWorker
from workers.skills import SKILLS

pytestmark = pytest.mark.anyio
_TASKS = ("t1", "t2", "t3")
_LOTS = [lot(task, kind="sums", prompt="What is 1 + 1?") for task in _TASKS]
_RECORDS = "question,worker,correct,cost,confidence\nt1,w,1,0.1,0.9\nt2,w,0,0.2,\nt3,w,1,,0.5\n"
Make = Callable[[Path], Worker]


async def _later(prompt: str) -> str:
    await anyio.lowlevel.checkpoint()
    return prompt


def _recorded(folder: Path, rule: BidRule) -> Worker:
    path = folder / "records.csv"
    path.write_text(_RECORDS)
    table = RecordTable.load(path, RecordColumns(cost="cost", confidence="confidence"))
    return RecordedWorker("w", table, rule=rule)


def _scripted(_: Path) -> Worker:
    answers: dict[str, list[WorkStep]] = {
        "t1": [Answer("2")] * 2,
        "t2": [GiveUp()] * 2,
        "t3": [Answer("3")] * 2,
    }
    bids = {task: [Offer("0.1", 0.5)] * 2 for task in _TASKS}
    return ScriptedWorker("w", bids=bids, answers=answers)


_WORKERS: dict[str, Make] = {
    "function in a thread": lambda _: FunctionWorker("w", str.upper, cost="0.1", confidence=0.9),
    "async function": lambda _: FunctionWorker("w", _later, cost=lambda lot: len(lot.task)),
    "skill": lambda _: FunctionWorker("w", SKILLS["arithmetic"], blocking=False),
    "simulated": lambda _: SimulatedWorker("w", skill=0.6, cost=1, seed=3),
    "simulated, varied": lambda _: SimulatedWorker(
        "w", skill=0.6, skill_spread=1, cost=1, cost_spread=0.5, strategy="random",
        failure_rate=0.5, latency=0.001, seed=3,
    ),
    "recorded, history": lambda folder: _recorded(folder, BidRule(cost="history")),
    "recorded, as stated": lambda folder: _recorded(
        folder, BidRule(probability="recorded", cost="recorded")
    ),
    "scripted": _scripted,
}  # fmt: skip


@pytest.fixture(params=_WORKERS)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Worker]:
    """Return what makes a worker of each type, always in the same state."""
    return lambda: _WORKERS[request.param](tmp_path)


async def _work(worker: Worker, lots: list[Lot]) -> dict[str, Result | Failure]:
    return {each.task: await worker.execute(each, award("w", each.task)) for each in lots}


async def test_it_bids_once_on_lots_of_the_call(make: Callable[[], Worker]) -> None:
    """Every bid names the call, the worker and one of its lots, no lot twice."""
    said = await ask(make(), *_LOTS)
    assert said
    assert {message.announcement for message in said} == {NUMBER}
    assert {message.worker for message in said} == {"w"}
    assert {message.task for message in said} <= set(_TASKS)
    assert len({message.task for message in said}) == len(said)


async def test_its_bids_are_valid(make: Callable[[], Worker]) -> None:
    """Each bid survives being written out and read again, which checks every range."""
    for message in await ask(make(), *_LOTS):
        assert isinstance(message, Bid)
        assert Bid.model_validate_json(message.model_dump_json()) == message


async def test_no_lots_no_bids(make: Callable[[], Worker]) -> None:
    """A call without lots is answered by nothing."""
    assert await ask(make()) == []


async def test_it_is_silent_where_it_is_excluded(make: Callable[[], Worker]) -> None:
    """A lot that excludes the worker gets no bid."""
    assert (
        await ask(make(), *(each.model_copy(update={"excluded": ("w",)}) for each in _LOTS)) == []
    )


async def test_it_reports_on_its_award(make: Callable[[], Worker]) -> None:
    """Results and failures name the announcement, the task and the worker of the award."""
    worker = make()
    await ask(worker, *_LOTS)
    for task, report in (await _work(worker, _LOTS)).items():
        assert isinstance(report, Result | Failure)
        assert (report.announcement, report.task, report.worker) == (NUMBER, task, "w")


async def test_the_cost_stays_below_its_ceiling(make: Callable[[], Worker]) -> None:
    """What the work costs is at most what the bid said it could."""
    worker = make()
    bids = {str(each.task): each for each in await ask(worker, *_LOTS) if isinstance(each, Bid)}
    for task, report in (await _work(worker, _LOTS)).items():
        if task in bids:
            ceiling = bids[task].ceiling
            assert report.cost <= (bids[task].cost if ceiling is None else ceiling)


async def test_it_is_the_same_in_any_order(make: Callable[[], Worker]) -> None:
    """Two workers made alike say and do the same, whichever lot comes first."""
    one, other = make(), make()
    forward, backward = await ask(one, *_LOTS), await ask(other, *reversed(_LOTS))
    assert {each.task: each for each in forward} == {each.task: each for each in backward}
    ends, again = await _work(one, _LOTS), await _work(other, _LOTS[::-1])
    for task in _TASKS:
        first, second = ends[task], again[task]
        # how long a function took is measured and may differ
        assert first.model_copy(update={"seconds": 0.0}) == second.model_copy(
            update={"seconds": 0.0}
        )


async def test_it_can_be_cancelled(make: Callable[[], Worker]) -> None:
    """Cancelled before it starts, it stops at its first wait, and works afterwards."""
    worker = make()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await ask(worker, *_LOTS)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await worker.execute(_LOTS[0], award("w", "t1"))
    assert isinstance(await worker.execute(_LOTS[0], award("w", "t1")), Result | Failure)


async def test_an_instant_worker_never_waits(make: Callable[[], Worker]) -> None:
    """What promises to be instant runs to its end without giving way once."""
    worker = make()
    if not worker.instant:
        return
    with anyio.CancelScope() as scope:
        scope.cancel()  # any wait would end here
        await ask(worker, *_LOTS)
        await _work(worker, _LOTS)
    assert not scope.cancelled_caught


async def test_bidding_is_free_and_closing_is_safe(make: Callable[[], Worker]) -> None:
    """No local worker spends cash on a bid, and any can be closed twice."""
    worker = make()
    assert worker.bid_ceiling(_LOTS[0]) == 0
    await worker.aclose()
    await worker.aclose()


async def test_seats_are_at_least_one(make: Callable[[], Worker]) -> None:
    """There is room for a task, and the name is that of the participant."""
    worker = make()
    assert worker.seats >= 1
    assert worker.name == worker.participant.worker == "w"


class Charging(Worker):
    """Bids 0.5 on each lot it does not refuse, each time for a charge of 7."""

    participant = Participant(worker=WorkerId("w"))

    def __init__(self) -> None:
        self.asked: list[Announcement] = []

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Refuse t2; bid on the others."""
        self.asked.append(announcement)
        for each in announcement.lots:
            to = {"announcement": announcement.announcement, "charge": Money(7)}
            own = Refusal(announcement=NUMBER, task=each.task, worker=self.name, reason="busy")
            bid = Bid(
                announcement=NUMBER,
                task=each.task,
                worker=self.name,
                cost=money("0.5"),
                probability=0.5,
            )
            submit((own if each.task == "t2" else bid).model_copy(update=to))

    async def execute(self, lot: Lot, award: Award) -> Failure:
        """Give up."""
        return Failure(
            announcement=award.announcement, task=lot.task, worker=self.name, reason="no"
        )


async def test_at_a_clock_a_worker_answers_by_its_cost() -> None:
    """It is asked once, on the whole announcement, and accepts the prices that cover its bids."""
    worker = Charging()
    seat = worker.at_clock(call(*_LOTS))
    said: list[Bid | Refusal] = []
    for price in ("0.6", "0.5", "0.4"):
        lots = [each.model_copy(update={"reserve": money(price)}) for each in _LOTS]
        round_ = call(*lots).model_copy(update={"announcement": AnnouncementId(price)})
        await seat.bid(round_, said.append)

    assert worker.asked == [call(*_LOTS)]
    assert [type(each) for each in said] == [Bid, Refusal, Bid] * 2 + [Refusal] * 3
    assert [each.announcement for each in said] == ["0.6"] * 3 + ["0.5"] * 3 + ["0.4"] * 3
    assert [each.charge for each in said] == [7] * 3 + [0] * 6


async def test_at_a_clock_nobody_answers_where_it_is_out() -> None:
    """A lot that excludes the worker, or that is over, gets no more answers."""
    seat = Charging().at_clock(call(*_LOTS))
    said: list[Bid | Refusal] = []
    await seat.bid(call(*_LOTS), said.append)
    await seat.bid(call(lot("t1", excluded=["w"]), lot("t3")), said.append)

    assert [each.task for each in said] == ["t1", "t2", "t3", "t3"]
