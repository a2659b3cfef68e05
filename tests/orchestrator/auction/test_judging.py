"""Verdicts that are late, fail, cost money or get lost: how an award ends then, and what is booked."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import BaseModel

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import JUDGING
from orchestrator.replay import replay
from orchestrator.task import Each, Task, TaskResult
from protocols.consultation import Consulted
from protocols.events import Event, Settled, Unsettled, Verified
from protocols.messages import Lot, Result
from protocols.units import ZERO, Money, money
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, Queue, events_of, virtually
from tests.workers.virtual_time import BACKENDS
from workers.model_judge import ModelJudge
from workers.ports import Assessment, Assessor, Verdict, VerifierError
from workers.prices import Price
from workers.scripted_chat import ScriptedChat
from workers.verifiers import Exact, check, exact, judged

LIMITS = Limits(attempts=1, verify_seconds=10)


class Described(BaseModel):
    """How the verifier of these tests is described."""

    type: str = "costly"


class Costly(Assessor):
    """A verifier that takes its time and its money.

    Args:
        most: What it may cost.
        cost: What it costs; what it may cost if left out.
        after: How long it takes.
        says: What it says, or raises.
        swallows: Whether it goes on when it is called off.
    """

    type = "costly"
    announced = True
    described = Described()

    def __init__(
        self,
        most: int = 50,
        cost: int | None = None,
        *,
        after: float = 1.0,
        says: object = 1.0,
        swallows: bool = False,
        seconds: float | None = None,
    ) -> None:
        self.seconds = seconds
        self.asked = 0
        self._most = Money(most)
        self._cost = self._most if cost is None else Money(cost)
        self._after, self._says, self._swallows = after, says, swallows

    def ceiling(self, lot: Lot) -> Money:
        """Return what it may cost."""
        del lot
        return self._most

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Answer or raise, after some time."""
        del lot, result
        self.asked += 1
        try:
            await anyio.sleep(self._after)
        except BaseException:
            if not self._swallows:
                raise
        if isinstance(self._says, Exception):
            raise self._says
        success: Any = self._says
        return Assessment(Verdict(success), self._cost)


def task(verifier: Any, name: str = "t1") -> Task:
    """Return a task that is worth a thousand nano-units."""
    return Task("do it", "0.000001", verifier, id=name)


def held(verifier: Any, backend: str, **more: Any) -> tuple[Kin, TaskResult]:
    """Run one task with a worker that costs a hundred."""
    more.setdefault("mechanism", Queue())
    market = Kin([Paced("ann", metered=60)], limits=LIMITS, **more)

    async def main() -> TaskResult:
        async with market:
            return await market.run(task(verifier))

    return market, virtually(main, backend)


def moves(event: Settled | Unsettled | Verified | Consulted) -> list[tuple[str, str, int]]:
    """Return the transfers of an event."""
    return [(each.source, each.target, each.amount) for each in event.transfers]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Run on both event loops, in virtual time."""
    return str(request.param)


async def _never(_: str) -> float:
    await anyio.sleep_forever()
    return 1.0


async def _stubborn(_: str) -> float:
    with suppress(BaseException):
        await anyio.sleep_forever()
    return 1.0


@pytest.mark.parametrize("function", [_never, _stubborn])
def test_a_verifier_that_hangs_or_swallows_its_end_gives_no_verdict(
    backend: str, function: Callable[[str], Any]
) -> None:
    """At the deadline the award ends unsettled with the reason; a verdict after it is none."""
    market, result = held(check(function), backend)
    assert (result.state, result.reason) == ("unsettled", "no verdict within 10 s")
    assert market.of(Verified) == []


def test_a_verdict_is_held_with_the_award_and_metered(backend: str) -> None:
    """What it may cost is reserved beside the work; what it costs is billed, the rest is free."""
    market, result = held(Costly(50, 20), backend, budget="0.000000150")
    assert result.solved
    (verified,) = market.of(Verified)
    assert moves(verified) == [("escrow", JUDGING, 20), ("escrow", "treasury", 30)]
    assert (verified.cost, market.ledger.available) == (20, 150 - 60 - 20)


def test_an_award_whose_verdict_cannot_be_paid_is_not_made(backend: str) -> None:
    """The work alone would fit the budget; work that nobody can judge is not begun."""
    verifier = Costly(51)
    _, result = held(verifier, backend, budget="0.000000150")
    assert (result.state, verifier.asked) == ("unfunded", 0)


def test_a_budget_for_three_verdicts_buys_three(backend: str) -> None:
    """However many answers there are at once, no judge is called that cannot be paid."""
    verifier = Costly(50)
    limits = Limits(attempts=1, batch=16)
    worker = Paced("ann", cost=1, seats=16)
    market = Kin([worker], mechanism=Queue(), limits=limits, budget="0.000000155")

    async def main() -> list[TaskResult]:
        async with market:
            return await market.run_all([task(verifier, f"t{n}") for n in range(16)])

    results = virtually(main, backend)
    assert verifier.asked == 3
    assert sorted(result.state for result in results) == ["solved"] * 3 + ["unfunded"] * 13
    assert market.ledger.spending() == 3 * 51


@pytest.mark.parametrize(
    ("verifier", "reason", "billed"),
    [
        (Costly(says=VerifierError("no idea", Money(7))), "the verifier failed: Verif", 7),
        (Costly(says=RuntimeError("broken")), "the verifier failed: RuntimeError: broken", 50),
        (Costly(says=1.5), "the verifier failed: ValidationError", 50),
        (Costly(after=11), "no verdict within 10 s", 50),
        (Costly(after=11, swallows=True), "no verdict within 10 s", 50),
        (Costly(after=4, seconds=3), "no verdict within 3 s", 50),
    ],
    ids=["typed", "broken", "impossible", "late", "swallowing", "own deadline"],
)
def test_without_a_verdict_the_bill_is_paid_all_the_same(
    verifier: Costly, reason: str, billed: int, backend: str
) -> None:
    """A failure says what it has cost; where nobody knows, what was held counts as spent."""
    market, result = held(verifier, backend, budget="0.000000150")
    assert result.state == "unsettled"
    assert result.reason.startswith(reason)
    (unsettled,) = market.of(Unsettled)
    assert unsettled.judging == billed
    assert market.ledger.balance("cash", JUDGING) == billed
    assert market.ledger.available == 150 - 60 - billed


def test_a_failed_work_costs_no_verdict(backend: str) -> None:
    """Nobody is asked, and what was held is free again."""
    verifier = Costly()
    market = Kin([Paced("ann", answer=None)], mechanism=Queue(), limits=LIMITS, budget="0.00000015")

    async def main() -> TaskResult:
        async with market:
            return await market.run(task(verifier))

    assert virtually(main, backend).state == "failed"
    assert (verifier.asked, market.ledger.held, market.ledger.balance("cash", JUDGING)) == (0, 0, 0)


@pytest.mark.parametrize("verifier", [Costly(50, 20), Costly(after=11)], ids=["verdict", "late"])
def test_a_replay_asks_nobody(verifier: Costly, tmp_path: Path) -> None:
    """The verdict and its cost are inputs; every hold and bill follows from them."""
    market, _ = held(verifier, "asyncio", budget="0.000000150", mechanism="first-price")
    asked = verifier.asked
    found = market.replayed(tmp_path)
    assert (found.identical, found.finished, verifier.asked) == (True, True, asked)


def test_a_task_called_off_before_its_judge_bills_what_the_verdict_may_cost(
    backend: str, tmp_path: Path
) -> None:
    """The question was asked, so the hold counts as spent; a replay finds the same."""
    verifier = Costly(50, 20, after=5)
    market = Kin([Paced("ann")], mechanism="first-price", limits=LIMITS, budget="0.00000015")

    async def main() -> TaskResult:
        found: list[TaskResult] = []
        async with market, anyio.create_task_group() as group:

            async def run() -> None:
                found.append(await market.run(task(verifier)))

            group.start_soon(run)
            await anyio.sleep(3)
            assert verifier.asked == 1
            assert await market.cancel("t1")
        return found[0]

    assert virtually(main, backend).state == "cancelled"
    assert (market.ledger.balance("cash", JUDGING), market.ledger.held) == (50, 0)
    assert market.replayed(tmp_path).identical


def _run(path: Path, verifier: Assessor, *, resume: bool = False) -> TaskResult:
    async def main() -> TaskResult:
        market = Coordinator(
            [Paced("ann", works=0)],
            mechanism="first-price",
            budget="0.001",
            limits=LIMITS,
            journal=path,
            resume=resume,
        )
        async with market:
            return await market.run(task(verifier))

    return anyio.run(main)


@pytest.mark.parametrize("lost", [1, 2])
def test_a_verdict_that_is_lost_is_billed_and_asked_for_again(tmp_path: Path, lost: int) -> None:
    """After a crash between the question and the verdict nothing is unknown, and nothing is free."""
    path = tmp_path / "whole.db"
    _run(path, Costly(50, 20, after=0))
    for time in range(1, lost + 1):
        whole = events_of(path)
        asked = max(n for n, event in enumerate(whole) if isinstance(event, Consulted))
        path = write(tmp_path / f"cut{time}.db", whole[: asked + 1])
        assert _run(path, Costly(50, 20, after=0), resume=True).state == "solved"
    events = events_of(path)
    calls = [event.call for event in events if isinstance(event, Consulted)]
    assert calls == list(range(1, lost + 2))
    assert sum(t.amount for event in events for t in _judging(event)) == lost * 50 + 20
    assert replay(path).identical


def _judging(event: Event) -> list[Any]:
    transfers: tuple[Any, ...] = getattr(event, "transfers", ())
    return [each for each in transfers if each.target == JUDGING]


def test_a_model_judge_pays_its_way_through_a_run(backend: str, tmp_path: Path) -> None:
    """Its calls are billed by their tokens; a replay needs neither the judge nor its price."""
    chat = ScriptedChat(judge=['{"criteria": [{"reason": "It is.", "met": true}]}'])
    fair = ModelJudge("fair", model="m", price=Price.per_million(1, 2), chat=chat)
    market, result = held(judged(fair, "It is right."), backend, budget=1, judges=[fair])
    assert result.solved
    assert market.of(Verified)[0].cost == 10 * 1000 + 10 * 2000
    assert market.ledger.available == money(1) - 60 - 30_000
    assert "criterion" in chat.asked[0].messages[1].content


def test_gold_decides_and_the_judge_is_measured(backend: str) -> None:
    """The outcome is that of the known answer; what the judge thinks is recorded beside it."""
    chat = ScriptedChat(judge=['{"criteria": [{"reason": "Fine.", "met": true}]}'])
    fair = ModelJudge("fair", model="m", free=True, chat=chat)
    gold = Exact(answer=("something else",))
    market, result = held(judged(fair, gold=gold), backend, judges=[fair])
    assert result.state == "failed"
    assert (market.of(Verified)[0].opinion, market.of(Verified)[0].outcome.success) == (1.0, 0.0)


def test_verifiers_that_only_look_are_not_announced(backend: str) -> None:
    """They cost nothing, so the journal has nothing to say before."""
    market, result = held(exact("right"), backend)
    assert (result.state, market.of(Consulted), market.of(Verified)[0].cost) == ("solved", [], ZERO)


def test_a_judge_of_a_list_is_billed_like_any_other(backend: str) -> None:
    """A static task whose answer is the list of another one holds and books what its judge takes."""
    chat = ScriptedChat(judge=['{"criteria": [{"reason": "Fine.", "met": true}]}'])
    fair = ModelJudge("fair", model="m", price=Price.per_million(1, 2), chat=chat)
    worker = Paced("ann", metered=60, answer='["Ulm"]')
    market = Kin([worker], mechanism=Queue(), limits=LIMITS, budget=1, judges=[fair])
    listed = task(judged(fair, "It is right."), "cities")
    each = Task("{{ item }}?", 0.001, exact('["Ulm"]'), id="where", each=Each(answer="cities"))

    async def main() -> list[TaskResult]:
        async with market:
            return await market.run_all([listed, each])

    assert [result.solved for result in virtually(main, backend)] == [True, True]
    assert [(said.verifier, said.ceiling > 0) for said in market.of(Consulted)] == [("judge", True)]
    assert market.ledger.balance("cash", JUDGING) == 10 * 1000 + 10 * 2000
    assert market.ledger.held == 0
