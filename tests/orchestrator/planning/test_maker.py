"""The repair of drafts, by a model behind a real server on loopback."""

from collections.abc import Iterator
from functools import partial

import anyio
import pytest

from orchestrator.market import Market
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.budget import Budget
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.ledger import Ledger, fund
from orchestrator.planning.errors import PlanningError, UnfundedPlanError
from orchestrator.planning.maker import Maker
from orchestrator.planning.settings import PlanningSettings
from protocols.events import Event
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money, money
from tests.orchestrator.journals import Kept
from tests.orchestrator.planning.plans import brief, draft, drafted
from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers.planning.planner import OpenAIPlanner
from workers.prices import Price
from workers.retry import Policy

GOOD = completion(draft(drafted()))
BAD = completion(draft(drafted(kind="txt")))
CUT = completion(draft(drafted()), finish="length")
PRICE = Price.per_million(1, 2)
USED = 40 * 1_000 + 10 * 2_000
"""What a call of the server costs in nano-units at this price."""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """Run one server for all tests."""
    with OpenAIServer() as running:
        yield running


class Desk:
    """A maker in a market without workers, and what it journals."""

    def __init__(self, url: str, budget: str = "1", repairs: int = 2) -> None:
        self.journal = Kept()
        self.ledger = Ledger(capped=True)
        self.ledger.apply(fund(money(budget)))
        market = Market(
            Chronicle(self.journal, self.ledger),
            mechanism_from("first-price")[1],
            {},
            seed=0,
            budget=Budget(money(budget)),
        )
        self.planner = OpenAIPlanner(
            model="m", base_url=url, price=PRICE, max_tokens=500, policy=Policy(first_wait=0)
        )
        self.maker = Maker(market, self.planner, PlanningSettings(repairs=repairs))

    async def make(self) -> list[str | None]:
        """Return the ids of the tasks of a plan."""
        try:
            return [task.id for task in await self.maker.make(brief())]
        finally:
            await self.planner.aclose()

    def of(self, kind: type[Event]) -> list[Event]:
        """Return the journaled events of a kind."""
        return [event for event in self.journal.events if isinstance(event, kind)]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(
    ("says", "calls"),
    [((GOOD,), 1), ((BAD, GOOD), 2), ((BAD, CUT, GOOD), 3), ((completion("no"), GOOD), 2)],
)
def test_a_draft_is_repaired_with_one_request_each(
    server: OpenAIServer, says: tuple[Say, ...], calls: int, backend: str
) -> None:
    """As many requests as drafts; every one is held before, billed after, and journaled."""
    desk = Desk(server.script("repair", *says))
    assert anyio.run(desk.make, backend=backend) == ["a"]
    assert server.count("repair") == calls
    assert len(desk.of(PlanAsked)) == len(desk.of(PlanAnswered)) == calls
    assert desk.ledger.balance("cash", "planning") == desk.maker.cost == calls * USED
    assert desk.ledger.held == 0


def test_the_model_is_shown_what_is_wrong(server: OpenAIServer) -> None:
    """The second request quotes the first draft and its problems, fenced."""
    desk = Desk(server.script("shown", BAD, GOOD))
    anyio.run(desk.make)
    first, second = (asked.body["messages"] for asked in server.asked["shown"])
    assert "there is no kind 'txt', did you mean 'text'?" in second[1]["content"]
    assert "<problems " in second[1]["content"]
    assert "<problems " not in first[1]["content"]
    assert first[0] == second[0]


@pytest.mark.parametrize("repairs", [0, 2])
def test_after_the_last_repair_there_is_no_plan(server: OpenAIServer, repairs: int) -> None:
    """N repairs are n + 1 requests, no more, and the money is booked."""
    desk = Desk(server.script("never", BAD), repairs=repairs)
    with pytest.raises(PlanningError, match="the last one: task 'a': there is no kind"):
        anyio.run(desk.make)
    assert server.count("never") == repairs + 1
    assert desk.ledger.balance("cash", "planning") == (repairs + 1) * USED


def test_an_endpoint_that_refuses_is_not_asked_again(server: OpenAIServer) -> None:
    """A wrong key does not become right by showing it a draft."""
    desk = Desk(server.script("refused", failure(401, "wrong key")))
    with pytest.raises(PlanningError, match=r"there is no plan: .*401"):
        anyio.run(desk.make)
    assert server.count("refused") == 1
    assert desk.ledger.balance("cash", "planning") == 0


def test_without_room_in_the_budget_nothing_is_asked(server: OpenAIServer) -> None:
    """The worst case of a call is held first; what does not fit is not sent."""
    desk = Desk(server.script("poor", GOOD), budget="0.000001")
    with pytest.raises(UnfundedPlanError, match="no room for planning, which may cost "):
        anyio.run(desk.make)
    assert (server.count("poor"), desk.journal.events) == (0, [])


def test_a_repair_that_the_budget_cannot_bear_is_not_asked_for(server: OpenAIServer) -> None:
    """The first draft is paid, and the second would not be."""
    url = server.script("once", BAD, GOOD)
    ceiling = Desk(url).planner.ceiling(brief())
    desk = Desk(url, budget=f"{(ceiling + USED - 1) / 10**9:.9f}")
    with pytest.raises(UnfundedPlanError):
        anyio.run(partial(desk.make))
    assert server.count("once") == 1
    assert desk.ledger.balance("cash", "planning") == Money(USED)
