"""What a bid costs us for every way to form it, beside the time that its model takes.

One worker bids on tasks of four kinds, one announcement each: its ceiling is asked for, it bids, and
it learns the outcome of its work. The model answers at once from a script, so all that is measured is
ours: prompts, forms, reading, money, learning. `floor` are the same calls of the scripted model with
nothing around them. Networks are not in it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio

from benchmarks.measure import interleaved, table
from protocols.contract import Contract
from protocols.messages import Announcement, Award, Bid, Lot, Outcome, Participant, Result
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from workers.chat import ChatRequest, Lane, Message, Reply, Token
from workers.llm import OpenAIWorker
from workers.meter import Meter
from workers.ports import Lesson
from workers.prices import Price
from workers.scripted_chat import ScriptedChat

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.scripted_chat import Script

TASKS = 400
ROUNDS = 7
NUMBER = AnnouncementId("a1")
PARTICIPANTS = tuple(Participant(worker=WorkerId(name)) for name in ("small", "other"))
PRICE = Price.per_million("0.05", "0.40")
PROMPT = (
    "A train leaves at 9:40 and needs {} minutes. When does it arrive?" + " Mind the clocks." * 15
)

_VERDICT = Reply(
    '{"accepted": true}',
    tokens=(
        Token('{"accepted": ', 0.0),
        Token("true", -0.3, (("true", -0.3), ("false", -1.4))),
        Token("}", 0.0),
    ),
)

RULES: dict[str, tuple[int, Script]] = {
    "prior": (0, []),
    "learned": (0, []),
    "ask": (1, lambda _: '{"success_probability": 0.8, "output_tokens": 50}'),
    "samples": (5, lambda _: "10:25"),
    "logprob": (1, lambda _: _VERDICT),
    "probe": (1, lambda _: '{"answer": "10:25", "success_probability": 0.8}'),
}
"""Way to bid -> calls for a bid, and what the model says."""


def lots() -> list[Lot]:
    """Return the tasks."""
    worth = Money(10**8)
    return [
        Lot(
            task=TaskId(f"t{number}"),
            kind=f"kind {number % 4}",
            prompt=PROMPT.format(number),
            value=worth,
            reserve=worth,
        )
        for number in range(TASKS)
    ]


def bidding(rule: str, script: Script) -> None:
    """Bid on all tasks and learn all outcomes."""
    chat = ScriptedChat(bid=script)
    worker = OpenAIWorker("small", model="tiny", price=PRICE, bid=rule, chat=chat)
    bids: list[object] = []

    async def run() -> None:
        for number, lot in enumerate(lots()):
            worker.bid_ceiling(lot)
            call = Announcement(
                announcement=NUMBER, number=1, lots=(lot,), participants=PARTICIPANTS
            )
            await worker.bid(call, bids.append)
            if isinstance(bids[-1], Bid):
                _learn(worker, lot, bids[-1], float(number % 3 > 0))

    anyio.run(run)
    assert sum(isinstance(bid, Bid) for bid in bids) == TASKS


def _learn(worker: OpenAIWorker, lot: Lot, bid: Bid, success: float) -> None:
    result = Result(
        announcement=NUMBER, task=lot.task, worker=worker.name, answer="10:25", cost=Money(30_000)
    )
    outcome = Outcome(
        announcement=NUMBER, task=lot.task, worker=worker.name, success=success, verifier="exact"
    )
    award = Award(
        announcement=NUMBER,
        task=lot.task,
        worker=worker.name,
        contract=Contract(report=bid.probability),
        score=Money(0),
        pivot=Money(0),
    )
    worker.learn(Lesson(lot, award, bid, result, outcome))


def floor() -> None:
    """Make as many calls as there are tasks, and nothing else."""
    chat = ScriptedChat(bid=lambda _: "10:25")

    async def run() -> None:
        for lot in lots():
            message = Message(role="user", content=lot.prompt)
            lane = Lane(task=lot.task, worker="small", phase="bid")
            request = ChatRequest(model="tiny", messages=(message,), max_tokens=256, lane=lane)
            await chat.complete(request, Meter(PRICE))

    anyio.run(run)


def report() -> str:
    """Return the table."""
    cells: dict[str, Callable[[], object]] = {
        "floor": floor,
        **{rule: partial(bidding, rule, script) for rule, (_, script) in RULES.items()},
    }
    for work in cells.values():
        work()  # templates and forms are made once
    times = interleaved(cells, ROUNDS)
    calls = {"floor": 1, **{rule: count for rule, (count, _) in RULES.items()}}
    rows: list[tuple[object, ...]] = [
        (name, calls[name], f"{time / TASKS * 1e6:.0f}") for name, time in times.items()
    ]
    return table(("way to bid", "model calls a task", "CPU us a task"), rows)


if __name__ == "__main__":
    print(report())
