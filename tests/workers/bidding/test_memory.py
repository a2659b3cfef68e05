"""What workers learn from outcomes, on recorded statements of real models."""

from __future__ import annotations

import json
from collections import defaultdict
from math import isnan
from typing import TYPE_CHECKING

import pytest

from tests.workers.bidding.answers import stream
from tests.workers.bidding.markets import bid, done, judged, lot
from workers.bidding.pool import Pool
from workers.chat import ChatRequest
from workers.llm import OpenAIWorker
from workers.prices import Price
from workers.scripted_chat import ScriptedChat

if TYPE_CHECKING:
    from workers.chat import ChatRequest

PRICE = Price.per_million(1, 2)


def model(name: str, statements: dict[str, float], pool: Pool) -> OpenAIWorker:
    """Return a worker whose model states what was recorded of it, by task."""

    def say(asked: ChatRequest) -> str:
        stated = statements[asked.lane.task]
        return json.dumps({"success_probability": stated, "output_tokens": 5})

    return OpenAIWorker(name, model=name, price=PRICE, chat=ScriptedChat(bid=say), pool=pool)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # once is enough: nothing here waits
@pytest.mark.parametrize(
    ("name", "count", "raw", "learned"),
    [("conf11", 800, 0.134, 0.127), ("rlcr5", 800, 0.236, 0.169), ("gastro48", 183, 0.393, 0.258)],
)
async def test_bids_of_recorded_models_get_better_by_their_outcomes(
    name: str, count: int, raw: float, learned: float
) -> None:
    """The mean Brier score of the bids of a fleet that learns together, against what it said.

    Each question is asked of one model, which learns its outcome; the score is over all bids from
    the first one on.
    """
    losses: dict[str, list[float]] = defaultdict(list)
    pool, fleet, statements = Pool(), dict[str, OpenAIWorker](), dict[str, dict[str, float]]()
    for number, answer in enumerate(stream(name, count, seed=0)):
        if isnan(answer.confidence) or answer.kind == "halueval":
            continue  # there, the confidence is about something else
        said = statements.setdefault(answer.worker, {})
        said[f"t{number}"] = answer.confidence
        worker = fleet.get(answer.worker) or model(answer.worker, said, pool)
        fleet[answer.worker] = worker
        task = lot(f"t{number}", kind=answer.kind, prompt="?")
        stated = await bid(worker, task)
        for way, forecast in (("raw", answer.confidence), ("learned", stated.probability)):
            losses[way].append((forecast - answer.success) ** 2)
        judged(worker, answer.success, task)
    means = {way: sum(found) / len(found) for way, found in losses.items()}
    assert means == pytest.approx({"raw": raw, "learned": learned}, abs=0.002)


@pytest.mark.anyio
async def test_a_newcomer_is_read_like_its_colleagues() -> None:
    """Where a colleague's claims came to nothing at a kind, the same claim counts less."""
    pool = Pool()
    claims = {f"t{number}": 0.95 for number in range(21)}
    boaster, newcomer = model("boaster", claims, pool), model("newcomer", claims, pool)
    alone = model("alone", claims, Pool())
    for number in range(20):
        await bid(boaster, lot(f"t{number}"))
        judged(boaster, 0.0, lot(f"t{number}"))
    last = lot("t20")
    assert (await bid(newcomer, last)).probability < 0.5
    assert (await bid(alone, last)).probability == pytest.approx(0.95)
    assert (await bid(newcomer, lot("t19", kind="dates"))).probability == pytest.approx(0.95)


@pytest.mark.anyio
async def test_costs_follow_the_bills() -> None:
    """Work that costs three times the estimate raises the next estimate; free work tells nothing."""
    worker = OpenAIWorker("a", model="m", price=PRICE, chat=ScriptedChat(), bid="prior")
    first = await bid(worker)
    judged(worker, 1.0, cost=3 * first.cost)
    second = await bid(worker)
    judged(worker, 1.0, cost=0)
    third = await bid(worker)
    assert second.cost == pytest.approx(first.cost * 5 / 3, abs=1)
    assert third.cost == second.cost


@pytest.mark.anyio
async def test_a_bought_answer_teaches_what_it_has_cost() -> None:
    """The charge of a probe is its cost of the work, though the award itself cost nothing."""
    reply = '{"answer": "4", "success_probability": 0.9}'
    chat = ScriptedChat(bid=lambda _: reply)
    worker = OpenAIWorker("a", model="m", price=PRICE, chat=chat, bid="probe")
    before = worker.quote(lot("t0")).cost
    await bid(worker)
    await done(worker)
    judged(worker, 1.0)
    assert 0 < worker.quote(lot("t2")).cost < before


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("rule", "reply"),
    [
        ("ask", '{"success_probability": 0.9, "output_tokens": 700}'),
        ("probe", '{"answer": "4", "success_probability": 0.9}'),
    ],
)
async def test_a_resumed_worker_learns_from_its_award_and_bid(rule: str, reply: str) -> None:
    """A worker that never saw the work learns as much as the one that did it."""
    asked: list[ChatRequest] = []

    def say(request: ChatRequest) -> str:
        asked.append(request)
        return reply

    workers = [
        OpenAIWorker("a", model="m", price=PRICE, chat=ScriptedChat(bid=say), bid=rule)
        for _ in range(2)
    ]
    for number in range(3):
        task = lot(f"t{number}")
        offer = await bid(workers[0], task)
        for worker in workers:
            judged(worker, 0.0, task, cost=0 if rule == "probe" else 900_000, offer=offer)
    following = [await bid(worker, lot("t9")) for worker in workers]

    assert following[0] == following[1]
    assert following[0].probability < 0.9 == following[0].stated
    assert asked[-2].messages == asked[-1].messages  # the same record is shown
