"""Asking for bids: everybody at once, until the deadline and no longer."""

from collections.abc import Awaitable, Callable, Iterable

import anyio
import pytest

from orchestrator.auction.asking import ask
from orchestrator.leash import ForeignCalls
from protocols.contract_net import ContractNet
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Participant, Refusal
from protocols.units import Money, TaskId, WorkerId
from tests.orchestrator.journals import FIRST, lot
from tests.orchestrator.markets import Paced, offer
from tests.workers.virtual_time import BACKENDS
from workers.ports import Submit, Worker

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


class Acts(Worker):
    """Bids as its function tells."""

    def __init__(
        self,
        name: str,
        act: Callable[[Announcement, Submit], Awaitable[None]],
        *,
        instant: bool = False,
        ceiling: int = 0,
    ) -> None:
        self.participant = Participant(worker=WorkerId(name))
        self.instant = instant
        self._act, self._ceiling = act, Money(ceiling)

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return what asking may cost."""
        del lot
        return self._ceiling

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Act."""
        await self._act(announcement, submit)

    async def execute(self, lot: Lot, award: Award) -> Failure:
        """Never asked for."""
        raise AssertionError


async def asked(*workers: Worker, lots: tuple[Lot, ...] = (lot(),)) -> ContractNet:
    """Ask workers about lots for 30 seconds."""
    net = ContractNet(
        Announcement(
            announcement=FIRST,
            number=1,
            lots=lots,
            participants=tuple(worker.participant for worker in workers),
        )
    )
    await conversed(net, workers, anyio.CancelScope())
    return net


async def conversed(
    net: ContractNet, workers: Iterable[Worker], deadline: anyio.CancelScope
) -> None:
    """Ask workers until a deadline; nobody gets stuck."""
    foreign = ForeignCalls(1.0, lambda name: pytest.fail(f"{name} is stuck"))
    async with anyio.create_task_group() as group:
        foreign.open(group)
        await ask(net, {worker.name: worker for worker in workers}, deadline, foreign)


def who(bids: tuple[Bid, ...] | tuple[Refusal, ...]) -> list[str]:
    """Return who spoke."""
    return [bid.worker for bid in bids]


async def forever(announcement: Announcement, submit: Submit) -> None:
    """Say nothing and never return."""
    await anyio.sleep_forever()


async def test_slow_workers_are_asked_at_the_same_time() -> None:
    """Asking takes as long as the slowest answer, not as all answers together."""
    start = anyio.current_time()

    net = await asked(*(Paced(f"w{n}", bids_after=float(n)) for n in range(1, 11)))

    assert anyio.current_time() - start == pytest.approx(10)
    assert len(net.bids) == 10
    assert net.silent == ()


async def test_a_silent_worker_delays_the_closing_to_the_deadline_and_no_further() -> None:
    """What came in time counts; who said nothing by then is silent."""
    start = anyio.current_time()

    net = await asked(Paced("prompt"), Acts("mute", forever), Paced("slow", bids_after=31))

    assert anyio.current_time() - start == pytest.approx(30)
    assert who(net.bids) == ["prompt"]
    assert net.silent == ("mute", "slow")
    assert net.rejections == ()


async def test_a_bid_after_the_deadline_is_turned_down_as_late() -> None:
    """A worker that hands in while it is being cancelled is too late, and is told so."""
    replies: list[object] = []

    async def last_moment(announcement: Announcement, submit: Submit) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            replies.append(submit(offer(announcement, lot(), WorkerId("late"), 1, 0.9)))

    net = await asked(Paced("prompt"), Acts("late", last_moment))

    assert who(net.bids) == ["prompt"]
    assert [(one.worker, one.reason) for one in net.rejections] == [("late", "late")]
    assert replies == list(net.rejections)
    assert net.silent == ("late",)


async def test_what_was_handed_in_before_the_deadline_counts() -> None:
    """A worker that never returns is cancelled; its bids stay."""

    async def one_bid(announcement: Announcement, submit: Submit) -> None:
        submit(offer(announcement, announcement.lots[0], WorkerId("half"), 1, 0.9))
        await anyio.sleep_forever()

    net = await asked(Acts("half", one_bid), lots=(lot("t1"), lot("t2")))

    assert [bid.task for bid in net.bids] == ["t1"]
    assert net.silent == ("half",)


@pytest.mark.parametrize("instant", [True, False])
async def test_a_worker_that_raises_refuses_what_is_left(*, instant: bool) -> None:
    """The error is the reason, what asking may have cost counts as charged, the others go on."""

    async def stumble(announcement: Announcement, submit: Submit) -> None:
        submit(offer(announcement, announcement.lots[0], WorkerId("bad"), 1, 0.9))
        raise KeyError("price")

    bad = Acts("bad", stumble, instant=instant, ceiling=7)

    net = await asked(bad, Paced("good"), lots=(lot("t1"), lot("t2")))

    assert [(bid.task, bid.worker) for bid in net.bids] == [
        ("t1", "bad"),
        ("t1", "good"),
        ("t2", "good"),
    ]
    assert [(no.task, no.worker, no.charge, no.reason) for no in net.refusals] == [
        ("t2", "bad", 7, "could not bid: KeyError: 'price'")
    ]


async def test_an_error_that_cannot_be_told_does_no_harm() -> None:
    """Neither an exception that fails to speak nor one that speaks in broken text stops the run."""

    class DumbError(Exception):
        def __str__(self) -> str:
            raise ValueError

    async def dumb(announcement: Announcement, submit: Submit) -> None:
        raise DumbError

    async def garbled(announcement: Announcement, submit: Submit) -> None:
        raise RuntimeError("\ud800" * 3_000)

    net = await asked(Acts("dumb", dumb), Acts("garbled", garbled))

    assert [no.reason[:40] for no in net.refusals] == [
        "could not bid: DumbError: (it cannot be ",
        "could not bid: RuntimeError: ???????????",
    ]
    assert len(net.refusals[1].reason) == 2_000


@pytest.mark.parametrize(
    "field",
    [
        {"cost": -1},
        {"cost": 10**30},
        {"cost": True},
        {"cost": "7"},
        {"probability": float("nan")},
        {"probability": 1.01},
        {"probability": "0.5"},
        {"ceiling": -1},
        {"charge": -5},
        {"note": "\ud800"},
        {"note": "x" * 2_001},
    ],
    ids=str,
)
async def test_a_bid_that_skipped_the_checks_of_its_class_is_refused(
    field: dict[str, object],
) -> None:
    """A copy with an impossible field never reaches a mechanism or the journal."""

    async def cheat(announcement: Announcement, submit: Submit) -> None:
        bid = offer(announcement, announcement.lots[0], WorkerId("cheat"), 1, 0.9)
        submit(bid.model_copy(update=field))

    net = await asked(Acts("cheat", cheat), Paced("good"))

    assert who(net.bids) == ["good"]
    assert who(net.refusals) == ["cheat"]
    assert next(iter(field)) in net.refusals[0].reason


async def test_what_is_no_message_is_refused() -> None:
    """Anything may be handed in; only messages are taken."""

    async def babble(announcement: Announcement, submit: Submit) -> None:
        submit({"cost": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    net = await asked(Acts("babble", babble), Paced("good"))

    assert who(net.bids) == ["good"]
    assert who(net.refusals) == ["babble"]


async def test_nobody_bids_for_another() -> None:
    """A bid in the name of another worker is not understood, and the other can still bid."""

    async def forge(announcement: Announcement, submit: Submit) -> None:
        submit(offer(announcement, announcement.lots[0], WorkerId("good"), 1, 0.01))

    net = await asked(Acts("forger", forge), Paced("good", cost=5))

    assert [(bid.worker, bid.cost) for bid in net.bids] == [("good", 5)]
    assert [no.worker for no in net.not_understood] == ["forger"]


async def test_who_is_not_to_be_asked_stays_silent() -> None:
    """A participant may be left out, as when asking it again would exceed the budget."""
    good = Paced("good")
    net = ContractNet(
        Announcement(
            announcement=FIRST,
            number=1,
            lots=(lot(),),
            participants=(good.participant, Participant(worker=WorkerId("dear"))),
        )
    )

    await conversed(net, [good], anyio.CancelScope())

    assert who(net.bids) == ["good"]
    assert net.silent == ("dear",)
    assert net.lot_state(TaskId("t1")).value == "evaluating"


async def test_who_no_longer_wants_bids_ends_the_asking_before_its_time() -> None:
    """Cancelling the deadline closes the bidding as its coming does: what came by then counts."""
    deadline, workers = anyio.CancelScope(), [Paced("quick"), Paced("slow", bids_after=20)]
    crew = tuple(worker.participant for worker in workers)
    net = ContractNet(Announcement(announcement=FIRST, number=1, lots=(lot(),), participants=crew))
    start = anyio.current_time()
    async with anyio.create_task_group() as group:
        group.start_soon(conversed, net, workers, deadline)
        await anyio.sleep(5)
        deadline.cancel()

    assert anyio.current_time() - start == pytest.approx(5)
    assert who(net.bids) == ["quick"]
    assert net.silent == ("slow",)
    assert net.lot_state(TaskId("t1")).value == "evaluating"


async def test_cancellation_from_outside_ends_the_asking() -> None:
    """Nothing is closed and nobody is left running."""
    ended: list[str] = []

    async def wait(announcement: Announcement, submit: Submit) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("wait")

    with anyio.move_on_after(1) as scope:
        await asked(Acts("wait", wait))

    assert scope.cancelled_caught
    assert ended == ["wait"]
