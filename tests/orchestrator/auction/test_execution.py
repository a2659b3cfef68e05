"""One award: the call, the verdict, the payment, whatever the worker and the verifier do."""

from typing import Any, cast

import anyio
import pytest

from orchestrator.market import Limits
from orchestrator.task import Task, TaskResult
from protocols.contract import Contract
from protocols.events import Finished, Settled, Unsettled, Verified
from protocols.mechanism import Allocation, Standings
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Result
from protocols.units import Money, TaskId, money
from tests.orchestrator.markets import Kin, Paced, Queue, report
from tests.workers.virtual_time import BACKENDS
from workers.ports import Verdict
from workers.verifiers import exact

pytestmark = pytest.mark.anyio

Fields = dict[str, object]
LIMITS = Limits(attempts=1, execute_seconds=60)


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


class Rogue(Paced):
    """Reports whatever it is told to."""

    def __init__(self, told: object, **more: Any) -> None:
        super().__init__("rogue", **more)
        self._told = told

    async def execute(self, lot: Lot, award: Award) -> Any:
        """Report as told; a mapping changes fields of an honest report."""
        told: Any = self._told
        if isinstance(told, dict):
            return report(award, "right", self.cost).model_copy(update=cast("Fields", told))
        return told


class Judge:
    """A verifier that answers or raises as told."""

    type = "judge"

    def __init__(self, says: object) -> None:
        self._says = says

    async def verify(self, lot: Lot, result: Result) -> Any:
        """Answer or raise."""
        if isinstance(self._says, Exception):
            raise self._says
        return self._says


class Sharing(Queue):
    """Pays half of the metered cost, and ten for a success."""

    def clear(
        self, announcement: Announcement, bids: Any, standings: Standings, seed: int
    ) -> Allocation:
        """Award as `Queue` does, under another contract."""
        plain = super().clear(announcement, bids, standings, seed)
        contract = Contract(per_success=Money(10), cost_share=0.5, report=0.9)
        awards = tuple(award.model_copy(update={"contract": contract}) for award in plain.awards)
        return plain.model_copy(update={"awards": awards})


def task(verify: object = exact("right"), **more: Any) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", money_units(1000), verify, id="t1", **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def money_units(nano: int) -> str:
    """Return nano-units as a text of units."""
    return f"{nano / 1e9:.9f}"


async def ran(
    worker: Paced, verify: object = exact("right"), **more: Any
) -> tuple[Kin, TaskResult]:
    """Run one task with one worker that is paid its bid."""
    market = Kin([worker], mechanism=more.pop("mechanism", Queue()), limits=LIMITS, **more)
    async with market:
        result = await market.run(task(verify))
    return market, result


def moves(market: Kin, kind: type[Settled] | type[Unsettled]) -> list[tuple[str, str, int, str]]:
    """Return the transfers of the only event of a kind."""
    (event,) = market.of(kind)
    return [(t.source, t.target, t.amount, t.purpose) for t in event.transfers]


async def test_a_worker_of_ours_is_billed_in_cash_and_rewarded_in_credit() -> None:
    """The bill is the metered cost; what is held beyond it goes back; the reward costs no cash."""
    market, result = await ran(Paced("ann", cost=100, metered=60), budget=1)

    assert (result.state, result.answer) == ("solved", "right")
    assert moves(market, Settled) == [
        ("escrow", "spent:ann", 60, "bill"),
        ("escrow", "treasury", 40, "release"),
        ("mint", "worker:ann", 100, "reward"),
    ]
    assert market.ledger.available == money(1) - 60
    assert market.ledger.balance("credit", "worker:ann") == 100


async def test_an_outside_worker_is_paid_from_escrow_in_cash() -> None:
    """Its own cost is its own affair: the contract alone decides what leaves our pocket."""
    market, _ = await ran(Paced("bob", cost=100, metered=60, payable=True), budget=1)

    assert moves(market, Settled) == [("escrow", "worker:bob", 100, "pay")]
    assert market.ledger.accounts("credit") == {}
    assert market.ledger.available == money(1) - 100


async def test_an_outside_worker_cannot_refund_itself_more_than_it_announced() -> None:
    """Its metered cost counts up to the ceiling of its bid, so the pay never exceeds the hold."""
    worker = Paced("bob", cost=100, metered=10**12, payable=True)

    market, result = await ran(worker, mechanism=Sharing())

    assert result.settlement is not None
    assert (result.settlement.cost, result.settlement.payment) == (100, 60)
    assert moves(market, Settled) == [("escrow", "worker:bob", 60, "pay")]


async def test_a_bill_beyond_the_hold_is_paid_and_shown() -> None:
    """It has been spent already: the books show it instead of denying it."""
    market, _ = await ran(Paced("ann", cost=100, metered=130))

    assert moves(market, Settled)[:2] == [
        ("escrow", "spent:ann", 100, "bill"),
        ("treasury", "spent:ann", 30, "bill"),
    ]


async def test_work_beyond_its_deadline_is_a_failure_that_bills_the_hold() -> None:
    """The worker is cancelled on time; what it may have cost counts as spent."""
    start = anyio.current_time()
    worker = Paced("ann", cost=100, works=61)

    market, result = await ran(worker)

    assert anyio.current_time() - start == pytest.approx(60)
    assert (result.state, result.reason) == ("failed", "no answer within 60 s")
    assert market.of(Finished)[0].report.cost == 100
    assert moves(market, Settled)[0] == ("escrow", "spent:ann", 100, "bill")
    assert worker.busy == 0


async def test_a_worker_that_raises_fails_and_bills_the_hold() -> None:
    """The exception is the reason of the failure; the verifier is not asked."""
    market, result = await ran(Paced("ann", answer=ZeroDivisionError("by 0")), Judge(ValueError()))

    assert (result.state, result.reason) == ("failed", "ZeroDivisionError: by 0")
    assert result.outcome is not None
    assert result.outcome.verifier == "failure"
    assert moves(market, Settled)[0] == ("escrow", "spent:ann", 100, "bill")


async def test_a_failure_costs_what_it_says() -> None:
    """A worker that gives up in order is billed what it metered."""
    market, result = await ran(Paced("ann", answer=None, metered=3))

    assert (result.state, result.reason, result.answer) == ("failed", "no idea", None)
    assert moves(market, Settled)[0] == ("escrow", "spent:ann", 3, "bill")


@pytest.mark.parametrize(
    "told",
    [
        {"task": TaskId("t2")},
        {"worker": "bob"},
        {"announcement": "a7"},
        "right",
        None,
    ],
    ids=str,
)
async def test_a_report_on_something_else_than_the_award_is_a_failure(told: object) -> None:
    """Nobody can report for another worker, task or round."""
    _, result = await ran(Rogue(told))

    assert result.state == "failed"
    assert result.reason == "ValueError: the worker reported on something else than its award"


@pytest.mark.parametrize(
    "field",
    [{"cost": -5}, {"cost": 10**30}, {"cost": 0.5}, {"answer": "\ud800"}, {"truth": float("nan")}],
    ids=str,
)
async def test_a_report_with_an_impossible_field_is_a_failure(field: dict[str, object]) -> None:
    """It never reaches the books or the journal."""
    market, result = await ran(Rogue(field))

    assert result.state == "failed"
    assert result.reason.startswith("ValidationError")
    assert isinstance(market.of(Finished)[0].report, Failure)


async def test_a_task_without_verifier_ends_unsettled_and_says_so() -> None:
    """The bill is paid and the answer given; nothing is owed for an unknown success."""
    market, result = await ran(Paced("ann", metered=60), None)

    assert (result.state, result.reason) == ("unsettled", "the task has no verifier")
    assert result.answer == "right"
    assert result.settlement is None
    assert moves(market, Unsettled) == [
        ("escrow", "spent:ann", 60, "bill"),
        ("escrow", "treasury", 40, "release"),
    ]
    assert market.of(Verified) == []


async def test_an_outside_worker_is_not_paid_for_an_unknown_success() -> None:
    """The whole hold goes back."""
    market, _ = await ran(Paced("bob", payable=True), None)

    assert moves(market, Unsettled) == [("escrow", "treasury", 100, "release")]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (RuntimeError("no judge"), "the verifier failed: RuntimeError: no judge"),
        (Verdict(1.5), "the verifier failed: ValidationError"),
        (Verdict(float("nan")), "the verifier failed: ValidationError"),
        (None, "the verifier failed: AttributeError"),
    ],
    ids=str,
)
async def test_a_verifier_that_fails_leaves_the_award_unsettled(says: object, reason: str) -> None:
    """That there is no verdict is not the worker's failure."""
    _, result = await ran(Paced("ann"), Judge(says))

    assert result.state == "unsettled"
    assert result.reason.startswith(reason)


@pytest.mark.parametrize(("success", "state"), [(0.5, "solved"), (0.49, "failed"), (1, "solved")])
async def test_graded_work_is_solved_from_a_given_success(success: float, state: str) -> None:
    """The score is that of a success and that of a failure, mixed as graded."""
    _, result = await ran(Paced("ann", chance=0.9), Judge(Verdict(success, "so so")))

    assert (result.state, result.reason) == (state, "so so")
    assert result.settlement is not None
    assert result.settlement.success == success
    assert result.settlement.score == pytest.approx(-0.01 * success - 0.81 * (1 - success))


async def test_a_scripted_bid_reserves_its_ceiling() -> None:
    """What is held for a worker of ours is the ceiling of its bid, not the cost that it states."""

    class Cautious(Paced):
        async def bid(self, announcement: Announcement, submit: Any) -> None:
            (lot,) = announcement.lots
            submit(
                Bid(
                    announcement=announcement.announcement,
                    task=lot.task,
                    worker=self.name,
                    cost=Money(50),
                    ceiling=Money(500),
                    probability=0.9,
                )
            )

    market, result = await ran(Cautious("ann", metered=200))

    assert result.solved
    assert moves(market, Settled)[:2] == [
        ("escrow", "spent:ann", 200, "bill"),
        ("escrow", "treasury", 300, "release"),
    ]
