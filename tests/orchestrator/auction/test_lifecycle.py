"""One announcement from its bids to its settlements: deadlines, fallbacks, and money that is held."""

from collections.abc import Iterable
from typing import Any

import anyio
import pytest

from orchestrator.market import Limits
from orchestrator.memory.standings import StandingBook
from orchestrator.task import Task, TaskResult
from protocols.contract import Transfer
from protocols.events import Allocated, Announced, BidsClosed, Settled, Started, Unsettled
from protocols.messages import Announcement
from tests.orchestrator.markets import Crowd, Kin, Paced, Queue, awards, offer
from tests.workers.virtual_time import BACKENDS
from workers.ports import Submit, Verifier, Worker
from workers.verifiers import exact

pytestmark = pytest.mark.anyio

RIGHT = exact("right")
ONCE = Limits(attempts=1)


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


def task(number: int, verify: Verifier | None = RIGHT) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=f"t{number}")


async def ran(
    workers: Iterable[Worker], ranks: int = 1, tasks: int = 1, **more: Any
) -> tuple[Kin, list[TaskResult]]:
    """Run tasks under the cheapest bids, with so many awards for each lot."""
    more.setdefault("limits", ONCE)
    verify = more.pop("verify", RIGHT)
    market = Kin(workers, mechanism=Queue(ranks), **more)
    async with market:
        results = await market.run_all([task(number, verify) for number in range(tasks)])
    return market, results


def amounts(transfers: Iterable[Transfer], purpose: str) -> list[int]:
    """Return the amounts that moved for a purpose."""
    return [moved.amount for moved in transfers if moved.purpose == purpose]


# Bids ---------------------------------------------------------------------------------------


async def test_the_closing_set_names_bids_late_bids_and_the_silent() -> None:
    """Whatever became of a worker's answer is in one event, in the order of the participants."""

    class Late(Paced):
        async def bid(self, announcement: Announcement, submit: Submit) -> None:
            try:
                await anyio.sleep_forever()
            finally:
                submit(offer(announcement, announcement.lots[0], self.name, 1, 0.99))

    start = anyio.current_time()
    fleet = [Paced("mute", bids_after=99), Paced("prompt"), Late("late")]

    market, results = await ran(fleet, limits=Limits(attempts=1, bid_seconds=7))

    (closed,) = market.of(BidsClosed)
    assert anyio.current_time() - start == pytest.approx(8)
    assert [bid.worker for bid in closed.bids] == ["prompt"]
    assert [(no.worker, no.reason) for no in closed.rejections] == [("late", "late")]
    assert closed.silent == ("mute", "late")
    assert results[0].solved


async def test_nobody_bids() -> None:
    """The lot is unsold, and that is how its task ends."""
    market, results = await ran([Paced("mute", bids_after=99)])

    assert [(each.state, each.reason) for each in results] == [("unsold", "no-bids")]
    assert awards(market.events) == []


async def test_all_lots_are_announced_together_up_to_the_batch() -> None:
    """The batch limits an announcement; the lots come in the order of the tasks."""
    market, _ = await ran([Paced("ann")], tasks=5, limits=Limits(batch=2, attempts=1))

    lots = [[lot.task for lot in each.announcement.lots] for each in market.of(Announced)]
    assert lots == [["t0", "t1"], ["t2", "t3"], ["t4"]]


# What asking costs --------------------------------------------------------------------------


async def test_asking_is_held_before_and_billed_after() -> None:
    """A bid costs what it says it did; what never came costs the most that it may have."""
    fleet = [
        Paced("exact", ceiling=30, charge=12),
        Paced("mute", bids_after=99, ceiling=40),
        Paced("free"),
    ]

    market, _ = await ran(fleet, budget=1)

    (announced,), (closed,) = market.of(Announced), market.of(BidsClosed)
    assert amounts(announced.transfers, "hold") == [30, 40]
    assert [(t.source, t.target, t.amount) for t in closed.transfers] == [
        ("escrow", "spent:exact", 12),
        ("escrow", "treasury", 18),
        ("escrow", "spent:mute", 40),
    ]


async def test_nobody_is_called_for_money_before_that_is_on_the_disk() -> None:
    """The opening of the run, what asking may cost, and every start are waited for."""
    market, _ = await ran([Paced("dear", ceiling=30)])

    first = {event.event: place for place, event in reversed(list(enumerate(market.events, 1)))}
    waited = set(market.kept.waited)
    assert {first["run-opened"], first["announced"], first["started"]} <= waited


async def test_a_worker_that_raises_is_billed_its_ceiling() -> None:
    """What asking has cost before the exception is unknown, so it counts as spent."""

    class Bad(Paced):
        async def bid(self, announcement: Announcement, submit: Submit) -> None:
            raise ValueError("no")

    market, _ = await ran([Bad("bad", ceiling=30), Paced("ann")])

    assert amounts(market.of(BidsClosed)[0].transfers, "bill") == [30]


async def test_a_charge_beyond_the_ceiling_is_billed_too() -> None:
    """It has left our pocket, whether it was announced or not."""
    market, _ = await ran([Paced("liar", ceiling=0, charge=9), Paced("ann", ceiling=5, charge=8)])

    transfers = market.of(BidsClosed)[0].transfers
    assert [(t.source, t.target, t.amount) for t in transfers] == [
        ("treasury", "spent:liar", 9),
        ("escrow", "spent:ann", 5),
        ("treasury", "spent:ann", 3),
    ]


async def test_nothing_is_held_for_a_lot_that_a_worker_is_excluded_from() -> None:
    """In the second announcement the worker that failed is not asked, and asking it is free."""
    fleet = [Paced("bad", 1, "wrong", ceiling=30, charge=3), Paced("good", 2, ceiling=20)]

    market, results = await ran(fleet, limits=Limits(attempts=2))

    assert results[0].solved
    assert [amounts(each.transfers, "hold") for each in market.of(Announced)] == [[30, 20], [20]]
    assert [amounts(each.transfers, "bill") for each in market.of(BidsClosed)] == [[3], []]


async def test_who_is_too_dear_to_ask_is_not_invited() -> None:
    """The budget is never exceeded by asking; the others are asked."""
    dear, cheap = Paced("dear", 1, ceiling=600), Paced("cheap", 2, ceiling=500, charge=1)

    market, results = await ran([cheap, dear], budget="0.000001")

    (announced,) = market.of(Announced)
    assert [one.worker for one in announced.announcement.participants] == ["cheap"]
    assert results[0].solved


async def test_a_task_that_nobody_can_be_asked_about_is_unfunded() -> None:
    """The budget is the reason and not the lack of bids."""
    market, results = await ran([Paced("dear", ceiling=2000)], budget="0.000001")

    assert [each.state for each in results] == ["unfunded"]
    assert results[0].reason == "the budget has no room for asking"
    assert market.events[-1].key == "run-closed"


# Holds and fallbacks ------------------------------------------------------------------------


async def test_a_sequence_holds_all_its_awards_and_releases_those_not_needed() -> None:
    """Ranks 0, 1 and 2 are held together; the first success releases what follows."""
    fleet = [Paced("a", 10), Paced("b", 20, payable=True), Paced("c", 40)]

    market, results = await ran(fleet, ranks=3, budget=1)

    assert results[0].solved
    assert [award[2:] for award in awards(market.events)] == [("a", 0), ("b", 1), ("c", 2)]
    assert amounts(market.of(Allocated)[0].transfers, "hold") == [70]
    assert amounts(market.of(Settled)[0].transfers, "bill") == [10]
    assert amounts(market.of(Settled)[0].transfers, "release") == [60]
    assert (fleet[1].called, fleet[2].called) == ([], [])
    assert market.ledger.held == 0


async def test_a_failure_is_followed_by_the_next_award_of_the_sequence() -> None:
    """Each award is settled for itself; after the success the rest is released."""
    fleet = [Paced("a", 10, "wrong"), Paced("b", 20, None), Paced("c", 40), Paced("d", 80)]

    market, results = await ran(fleet, ranks=4)

    assert results[0].solved
    assert [done.settlement.worker for done in market.of(Settled)] == ["a", "b", "c"]
    assert [amounts(done.transfers, "release") for done in market.of(Settled)] == [[], [], [80]]
    assert market.ledger.held == 0
    assert len(market.of(Announced)) == 1


async def test_all_who_failed_in_a_sequence_are_excluded_and_remembered() -> None:
    """The next announcement asks neither of them, and both failures count for their standings."""
    fleet = [Paced("a", 10, "wrong"), Paced("b", 20, "wrong"), Paced("c", 40)]

    market, results = await ran(fleet, ranks=2, limits=Limits(attempts=2))

    second = market.of(Announced)[1].announcement.lots[0]
    assert (second.attempt, second.parent, second.excluded) == (2, "a1", ("a", "b"))
    assert results[0].solved
    assert results[0].attempts == 2
    book = market._engine._market.standings  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess, reportPrivateUsage]
    assert isinstance(book, StandingBook)
    assert book.reputation(fleet[0].name, "task").mean() < 0.5
    assert book.reputation(fleet[1].name, "task").mean() < 0.5


async def test_a_sequence_that_ends_without_verdict_releases_its_fallbacks() -> None:
    """Without a verifier the first answer ends the lot; nobody else is called."""
    market, results = await ran([Paced("a", 10), Paced("b", 20)], ranks=2, verify=None)

    assert results[0].state == "unsettled"
    assert amounts(market.of(Unsettled)[0].transfers, "release") == [20]
    assert market.ledger.held == 0


async def test_a_fallback_waits_for_a_seat_of_its_own_worker() -> None:
    """Many first awards fail at the same time; their common fallback has one seat."""
    first, second = Paced("a", 10, "wrong", seats=8), Paced("b", 20, seats=1)
    crowd = Crowd([first, second])

    market, results = await ran([first, second], ranks=2, tasks=8)

    assert all(each.solved for each in results)
    assert (first.most, second.most, crowd.most) == (8, 1, 8)
    assert len(market.of(Started)) == 16


async def test_an_award_that_the_budget_cannot_bear_is_not_started() -> None:
    """The others of the same announcement are, and nothing is held for it."""
    market, results = await ran([Paced("a", 400, metered=400)], tasks=3, budget="0.0000009")

    assert [each.state for each in results] == ["solved", "solved", "unfunded"]
    assert market.of(Allocated)[0].unfunded == ("t2",)
    assert amounts(market.of(Allocated)[0].transfers, "hold") == [400, 400]
    assert market.ledger.available == 100
    assert market.events[-1].model_dump()["reason"] == "budget"


async def test_what_others_did_not_spend_funds_those_who_had_to_wait() -> None:
    """Three awards were refused for lack of room; what was held and not spent pays for them."""
    market, results = await ran(
        [Paced("a", 400, metered=100)], tasks=5, budget="0.0000009", limits=Limits(attempts=1)
    )

    assert [each.state for each in results] == ["solved"] * 5
    assert [each.unfunded for each in market.of(Allocated)] == [
        ("t2", "t3", "t4"),
        ("t3", "t4"),
        ("t4",),
        (),
    ]
