"""Runs that are broken off and taken up again, for the tests of that."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.task import Task
from protocols.events import (
    Event,
    Started,
)
from protocols.messages import Announcement, Award, Lot
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, events_of
from workers.ports import Submit, Worker
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded, exact


class Passing(SimulatedWorker):
    """A simulated worker that passes the event loop, so that executions overlap."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name, cost_spread=0.5, skill_spread=0.5, seed=3, **more)
        self.instant = False

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid later."""
        await anyio.lowlevel.checkpoint()
        await super().bid(announcement, submit)

    async def execute(self, lot: Lot, award: Award) -> Any:
        """Answer later."""
        await anyio.lowlevel.checkpoint()
        return await super().execute(lot, award)


def fleet() -> list[Worker]:
    """Return new workers that draw the same every time."""
    return [
        Passing("small", skill=0.5, cost="0.00000010", failure_rate=0.2),
        Passing("large", skill=0.9, cost="0.00000030", seats=1),
        SimulatedWorker("quick", skill=0.6, cost="0.00000020", seed=3),
        Passing("paid", skill=0.7, cost="0.00000015", payable=True, capacity=2),
    ]


def tasks() -> list[Task]:
    """Return fourteen tasks, three of which need others and one of which has no verifier."""
    plain = [Task("x", "0.000001", Recorded(), id=f"t{n}") for n in range(10)]
    return [
        *plain,
        Task("x", "0.000001", None, id="blind"),
        Task("x", "0.000001", Recorded(), id="never", needs=["blind"]),
        Task("x", "0.000001", Recorded(), id="after", needs=["t1", "t2"]),
        Task("x", "0.000001", Recorded(), id="last", needs=["after"]),
    ]


def coordinator(path: Path, workers: Sequence[Worker] | None = None, **more: Any) -> Coordinator:
    """Return the market under test."""
    more.setdefault("mechanism", {"name": "contingent-vcg", "stake": "0.0000001"})
    more.setdefault("limits", Limits(batch=3, announcements=3, attempts=3))
    return Coordinator(workers or fleet(), journal=path, seed=5, **more)


async def all_at_once(market: Coordinator) -> None:
    """Run all tasks together."""
    async with market:
        await market.run_all(tasks())


def lost_calls(events: Sequence[Event]) -> dict[str, int]:
    """Return by account what was booked for calls whose answers were lost."""
    lost: dict[str, int] = {}
    for event in events:
        if isinstance(event, Started):
            for moved in event.transfers:
                if moved.purpose == "bill":
                    lost[moved.target] = lost.get(moved.target, 0) + moved.amount
    return lost


def solo(path: Path, budget: str, worker: Paced, *, resume: bool = True) -> Coordinator:
    """Run one task with one worker under a budget."""
    market = coordinator(path, [worker], mechanism="first-price", budget=budget, resume=resume)
    anyio.run(run_one, market)
    return market


async def run_one(market: Coordinator) -> None:
    """Run one task."""
    async with market:
        await market.run(Task("x", "0.000001", exact("right"), id="t1"))


def cut_after(path: Path, kind: type[Event]) -> list[Event]:
    """Cut a journal after the first event of a kind, and return what is left."""
    events = events_of(path)
    place = next(place for place, event in enumerate(events) if isinstance(event, kind))
    path.unlink()
    return events_of(write(path, events[: place + 1]))
