"""A run with something of everything, whose workers reply the same in every process.

Thirty-four tasks: two need others, one goes to three workers, one has a judge with a bill, one is
failed and announced again, one is called off while somebody works on it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

import anyio

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import billed, spent
from orchestrator.task import Task
from protocols.consultation import Consulted
from protocols.decommitment import Withdrawn
from protocols.events import Event, Started
from protocols.messages import Announcement, Award, Lot, Participant, Result
from protocols.units import Money, WorkerId
from tests.orchestrator.markets import finished, offer
from tests.soak.unreliable import RIGHT, Moody
from workers.ports import Submit, Worker
from workers.verifiers import exact

HOPELESS, OFF, COPIED, JUDGED = "hopeless", "off", "copied", "judged"

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "contingent-vcg": {"mechanism": {"name": "contingent-vcg", "stake": "0.0000002"}},
    "vcg": {
        "mechanism": "vcg",
        "peer": {"mechanism": "output-agreement", "aggregate": "plurality", "stake": "0.0000001"},
    },
    "vickrey": {
        "mechanism": "vickrey",
        "peer": {"mechanism": "output-agreement", "aggregate": "plurality", "stake": "0.0000001"},
    },
}
"""What is tried; rules that pay by outcomes cannot be paid by peers and have no copied task."""

LIMITS: Final = Limits(batch=5, announcements=3, attempts=2, withdrawal=0.25)


class Steady(Worker):
    """Bids and answers by a hash of its name and the task, whichever process asks.

    Args:
        name: Its name.
        pace: How long the longest work takes, in seconds.
    """

    seats = 3

    def __init__(self, name: str, pace: float, *, payable: bool = False) -> None:
        self.participant = Participant(worker=WorkerId(name), payable=payable)
        self._pace = pace

    def _draw(self, about: str) -> float:
        digest = sha256(f"{self.name}\t{about}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid on everything."""
        await anyio.sleep(self._pace / 10)
        for lot in announcement.lots:
            if self.name not in lot.excluded:
                cost = 40 + round(100 * self._draw(f"cost {lot.origin}"))
                submit(
                    offer(announcement, lot, self.name, cost, 0.6 + 0.3 * self._draw(lot.origin))
                )

    async def execute(self, lot: Lot, award: Award) -> Result:
        """Answer, rightly or not; on one task until it is called off."""
        if lot.origin == OFF:
            await anyio.sleep_forever()
        await anyio.sleep(self._pace * self._draw(f"time {lot.task}"))
        unlucky = self._draw(f"luck {lot.task} {lot.attempt}") < 0.15
        wrong = lot.origin == HOPELESS or (unlucky and lot.origin != JUDGED)
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer="wrong" if wrong else RIGHT,
            cost=Money(20 + round(20 * self._draw(f"bill {lot.task}"))),
        )


def crash_fleet(pace: float) -> list[Worker]:
    """Return the workers, made anew."""
    return [
        Steady("ann", pace),
        Steady("bob", pace),
        Steady("cat", pace, payable=True),
        Steady("dan", pace),
    ]


def crash_tasks(mechanism: str) -> list[Task]:
    """Return the tasks; what a task is worth is a thousand nano-units."""
    right = exact(RIGHT)
    plain = [Task("x", "0.000001", right, id=f"t{n}") for n in range(28)]
    special = [
        Task("x", "0.000001", right, id=HOPELESS),
        Task("x", "0.000001", right, id=OFF),
        Task("x", "0.000001", Moody("7", 30, 0.0), id=JUDGED),
        Task("x", "0.000001", right, id="after", needs=["t1", "t2"]),
        Task("x", "0.000001", right, id="never", needs=[HOPELESS]),
    ]
    if "peer" in SETTINGS[mechanism]:
        return [*plain, Task("x", "0.000001", None, id=COPIED, redundancy=3), *special]
    return [*plain, Task("x", "0.000001", right, id="t28"), *special]


async def run_through(market: Coordinator, mechanism: str) -> None:
    """Run the tasks; the one to be called off is so when somebody has begun it."""
    begun = anyio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Started) and event.task == OFF:
            begun.set()

    market.listen(listen)
    async with market, anyio.create_task_group() as group:
        group.start_soon(market.run_all, crash_tasks(mechanism))
        await begun.wait()
        await market.cancel(OFF)


def reserves(events: Iterable[Event]) -> Counter[str]:
    """Return by account what is booked for calls whose answers were lost, or broken off."""
    found: Counter[str] = Counter()
    for event in events:
        if isinstance(event, Withdrawn):  # it may have been lost before it was broken off
            found[spent(event.worker)] += event.cost
        if isinstance(event, Started | Consulted) and event.call > 1:
            (account,) = {t.target for t in event.transfers if t.purpose == "bill"} or {""}
            found[account] += billed(event.transfers)
    return found


def outcome(market: Coordinator, events: Sequence[Event]) -> dict[str, object]:
    """Return what must be the same however often a run was killed; reserves are taken out."""
    cash = Counter(market.ledger.accounts("cash"))
    lost = reserves(events)
    cash.subtract(lost)
    cash["treasury"] += lost.total()
    return {
        **finished(events),
        "cash": {account: amount for account, amount in cash.items() if amount},
        "credit": {a: amount for a, amount in market.ledger.accounts("credit").items() if amount},
    }
