"""Whole runs with workers that say what must not be, or far too much: the others are served."""

import resource
import tracemalloc
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import encoded
from orchestrator.task import Task
from protocols.catalog import MECHANISMS
from protocols.events import BidsClosed, Finished
from protocols.messages import Announcement, Award, Failure, Lot, Result
from tests.fuzz.target import legible
from tests.fuzz.worker_messages import SETTINGS
from tests.orchestrator.command import truthbid
from tests.orchestrator.markets import Kin, Paced, offer, report, virtually
from tests.workers.endpoints import QUICK
from tests.workers.openai_server import OpenAIServer, Say, stream
from workers.function import FunctionWorker
from workers.llm import OpenAIWorker
from workers.ports import Submit, Worker
from workers.verifiers import Exact

HUGE: Final = 80_000_000
MEGABYTE: Final = 2**20
ESCAPES: Final = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e<script>alert(1)</script>\r\nright"


def nested(depth: int) -> object:
    """Return lists in lists."""
    value: object = 0
    for _ in range(depth):
        value = [value]
    return value


WRONG: Final[dict[str, Mapping[str, object]]] = {
    "not a number": {"probability": float("nan"), "cost": float("nan")},
    "infinite": {"probability": float("inf"), "cost": float("inf")},
    "1e400": {"probability": 1e400, "cost": 10**400},
    "negative": {"probability": -0.1, "cost": -1},
    "too much": {"probability": 1.01, "cost": 10**16},
    "truth": {"probability": True, "cost": True},
    "text": {"probability": "0.9", "cost": "5"},
    "nothing": {"probability": None, "cost": None},
    "nested": {"probability": nested(10_000), "cost": nested(10_000)},
    "another task": {"task": "t9"},
    "another round": {"announcement": "a9"},
    "another worker": {"worker": "good"},
    "half a character": {"note": "\ud800", "answer": "\ud800"},
    "no text": {"note": b"\xff", "answer": b"\xff"},
    "80 MB": {"note": "x" * HUGE, "answer": "x" * HUGE},
}


class Wrong(Worker):
    """Bids lowest and answers right, but for some fields.

    Args:
        bid: What is wrong with its bids.
        result: What is wrong with its results.
    """

    def __init__(self, *, bid: Mapping[str, object], result: Mapping[str, object]) -> None:
        self.participant = Paced("wrong").participant
        self._bid, self._result = bid, result

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid on every lot."""
        for lot in announcement.lots:
            if self.name not in lot.excluded:
                submit(offer(announcement, lot, self.name, 1, 0.99).model_copy(update=self._bid))

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Answer."""
        return report(award, "right", 1).model_copy(update=self._result)


def ran(market: Kin) -> Kin:
    """Run one task in a market, in virtual time."""

    async def run() -> None:
        async with market:
            await market.run(Task("p", value=1, verify=Exact(answer=("right",)), id="t1"))

    virtually(run)
    return market


def peak_memory() -> int:
    """Return the most bytes that this process has had in memory so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def of(fields: Mapping[str, object], kind: str) -> Mapping[str, object]:
    """Return the wrong fields that a bid or a result has."""
    mine = {"bid": ("probability", "note"), "result": ("answer",)}[kind]
    return {key: field for key, field in fields.items() if key in (*mine, *_BOTH)}


_BOTH: Final = ("cost", "task", "announcement", "worker")


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_bid_does_not_count_and_the_auction_goes_on(case: str) -> None:
    """It is turned down with a reason of some words, and the other worker does the task."""
    market = ran(Kin([Wrong(bid=of(WRONG[case], "bid"), result={}), Paced("good")]))
    closed = market.of(BidsClosed)[0]
    assert [bid.worker for bid in closed.bids] == ["good"]
    answers = closed.refusals, closed.rejections, closed.not_understood
    reasons = {each.worker: each.reason for kind in answers for each in kind}
    ((who, reason),) = reasons.items()
    assert who == "wrong"
    assert 0 < len(reason) <= 2_000
    assert market.state() == {"t1": "solved"}


@pytest.mark.parametrize("case", [case for case in WRONG if of(WRONG[case], "result")])
def test_a_wrong_result_is_a_failure_and_the_task_is_announced_again(case: str) -> None:
    """Its worker won, is not paid, and is not asked again for this task; the other one does it."""
    market = ran(Kin([Wrong(bid={}, result=of(WRONG[case], "result")), Paced("good")]))
    reports = [done.report for done in market.of(Finished)]
    assert [(type(each), each.worker) for each in reports] == [(Failure, "wrong"), (Result, "good")]
    assert market.state() == {"t1": "solved"}


def test_eighty_megabytes_of_a_function_leave_nothing_behind() -> None:
    """The answer is refused by its length: not quoted, not in the journal, not kept in memory."""
    tracemalloc.start()
    try:
        huge = FunctionWorker("huge", lambda prompt: "x" * HUGE, confidence=0.99, blocking=False)
        market = ran(Kin([huge, Paced("good")]))
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert market.state() == {"t1": "solved"}
    assert "1000000 characters" in next(
        done.report.reason for done in market.of(Finished) if isinstance(done.report, Failure)
    )
    assert sum(len(encoded(event)) for event in market.events) < 20_000
    assert peak < 2 * HUGE + 20 * MEGABYTE  # the one copy is made by whoever words the error
    assert left < 20 * MEGABYTE


@pytest.mark.parametrize("streams", [False, True])
def test_eighty_megabytes_of_an_endpoint_are_not_read(*, streams: bool) -> None:
    """Neither as a bid nor as an answer: the server is left at the limit, the other one is served."""
    chunk = b"x" * MEGABYTE
    says = stream(*[chunk] * 80) if streams else Say(chunk, repeat=80)

    async def run(market: Kin) -> None:
        async with market:
            await market.run(Task("p", value=1, verify=Exact(answer=("right",)), id="t1"))

    with OpenAIServer() as server:
        url = server.script("huge", says)
        fleet = [
            OpenAIWorker(
                name,
                model="tiny",
                base_url=url,
                free=True,
                bid=bid,
                stream=streams,
                policy=QUICK,
            )
            for name, bid in (("asks", "ask"), ("works", "prior"))
        ]
        market = Kin([*fleet, Paced("good", cost=1000, chance=0.2)], mechanism="first-price")
        before = peak_memory()
        anyio.run(partial(run, market))
    refused = [no.reason for closed in market.of(BidsClosed) for no in closed.refusals]
    failed = [d.report.reason for d in market.of(Finished) if isinstance(d.report, Failure)]
    assert len(refused) == len(market.of(BidsClosed))
    assert len(failed) == 1
    assert all("8000000 bytes" in reason for reason in (*refused, *failed))
    assert market.state() == {"t1": "solved"}
    assert peak_memory() < before + 60 * MEGABYTE


def bidders(scene: str) -> list[Worker]:
    """Return the workers of a scene in which an auction is not what it should be."""
    match scene:
        case "nobody bids":
            return [Wrong(bid={"task": "t9"}, result={})]
        case "no bid is valid":
            return [Wrong(bid={"cost": -1}, result={})]
        case "one bids":
            return [Paced("only")]
        case _:
            return [Paced("ann"), Paced("bob"), Paced("cyd")]


@pytest.mark.parametrize("scene", ["nobody bids", "no bid is valid", "one bids", "all are equal"])
@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_knows_what_to_do_with_an_odd_auction(
    name: str, scene: str, tmp_path: Path
) -> None:
    """The task ends, solved by a bidder or unsold, and the replay decides the same."""
    settings = {"name": name, **SETTINGS.get(name, {})}
    market = ran(Kin(bidders(scene), mechanism=settings))
    honest = scene in {"one bids", "all are equal"}
    assert market.state()["t1"] in ({"solved", "unsold"} if honest else {"unsold"})
    assert market.replayed(tmp_path).differences == ()


def test_what_workers_write_reaches_no_terminal_and_no_page_as_it_is(tmp_path: Path) -> None:
    """Escapes, hidden signs and scripts in bids, answers and reasons are shown as harmless text."""
    path = tmp_path / "run.db"

    async def run() -> None:
        fleet = [
            Paced("good", answer=ESCAPES, works=0),
            Paced("loud", cost=1, answer=ValueError(ESCAPES), works=0),
            Wrong(bid={"note": ESCAPES, "cost": -1}, result={}),
        ]
        async with Coordinator(fleet, journal=path) as market:
            tasks = [
                Task(ESCAPES, value=1, verify=Exact(answer=("right",)), id=f"t{n}") for n in "12"
            ]
            await market.run_all(tasks)

    anyio.run(run)
    page = tmp_path / "report.html"
    for arguments in (
        *(("report", path), ("report", path, "--json"), ("report", path, "--html", page)),
        *(("screen", path), ("verify", path), ("replay", path), ("replay", path, "--json")),
        *(("compare", path, path), ("replay", path, "--mechanism", "first-price")),
    ):
        said = truthbid(*arguments)
        assert said.code in {0, 1}, said
        legible(said.out)
        legible(said.err)
    text = page.read_text(encoding="utf-8")
    legible(text)
    assert "<script>alert" not in text
