"""Awards that the coordinator withdraws: what is held, billed and paid, and to whom."""

from pathlib import Path

import pytest

from orchestrator.evaluation.summary import Summary
from orchestrator.market import Limits
from orchestrator.memory.ledger import purse, spent
from orchestrator.reports.story import Stories
from orchestrator.reports.telling import tell
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import Allocated, Finished, Settled, Started
from protocols.units import Money
from tests.orchestrator.cancelling import ON_BOTH, OWED, Hesitant, Slow, about, run, task
from tests.orchestrator.markets import Paced


@ON_BOTH
@pytest.mark.parametrize("payable", [False, True])
def test_an_award_that_waits_for_a_seat(backend: str, tmp_path: Path, payable: bool) -> None:
    """It is withdrawn at once and never begun; the worker gets its price and nothing is billed."""
    fleet = [Paced("ann", 40, works=10, seats=1, payable=payable)]
    done = run(
        backend,
        tmp_path,
        fleet,
        [task(0), task(1)],
        cancel="t1",
        mechanism="first-price",
        budget="0.000005",
    )

    (withdrawn,) = done.of(Withdrawn)
    assert done.states == ["solved", "cancelled"]
    assert (withdrawn.task, withdrawn.worker, withdrawn.reason) == ("t1", "ann", "not wanted")
    assert (withdrawn.cost, withdrawn.owed) == (0, OWED)
    assert about(done.market.events, Started) == ["t0"]
    ledger = done.market.ledger
    paid = ledger.balance("cash", purse("ann")), ledger.balance("credit", purse("ann"))
    assert paid == ((OWED + 40, 0) if payable else (0, OWED + 40))
    assert ledger.balance("cash", spent("ann")) == (0 if payable else 40)
    assert done.seconds == pytest.approx(10)


@ON_BOTH
def test_the_price_of_a_withdrawal_is_held_from_the_award_on(backend: str, tmp_path: Path) -> None:
    """An outsider that is paid 40 for the work is held 250 for, because it may get as much."""
    fleet = [Paced("ann", 40, works=10, payable=True)]
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="first-price", budget="0.000001")

    (allocated,), (withdrawn,) = done.of(Allocated), done.of(Withdrawn)
    assert [moved.amount for moved in allocated.transfers] == [OWED]
    assert [(m.source, m.target, m.amount, m.purpose) for m in withdrawn.transfers] == [
        ("escrow", "worker:ann", OWED, "compensation")
    ]
    assert done.market.ledger.available == 1000 - OWED


@ON_BOTH
def test_an_award_whose_worker_is_asked_whether_it_takes_it_up(
    backend: str, tmp_path: Path
) -> None:
    """The question is taken back: the award has not lapsed, and the worker owes nothing."""
    fleet = [Hesitant("ann", 8), Paced("bob", 300)]
    limits = Limits(attempts=1, withdrawal=0.25, penalty="pivot")
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="vickrey", limits=limits)

    assert done.states == ["cancelled"]
    assert done.of(Lapsed) == done.of(Started) == []
    assert [each.owed for each in done.of(Withdrawn)] == [OWED]
    assert done.seconds == pytest.approx(5)


@ON_BOTH
@pytest.mark.parametrize("payable", [False, True])
def test_a_task_while_it_is_worked_on(backend: str, tmp_path: Path, payable: bool) -> None:
    """The work is broken off; our own worker is billed all that was held, for it may have cost it."""
    ann = Paced("ann", 40, works=100, payable=payable)
    done = run(backend, tmp_path, [ann], [task(0)], mechanism="first-price", budget="0.000001")

    (withdrawn,) = done.of(Withdrawn)
    assert done.seconds == pytest.approx(5)
    assert done.states == ["cancelled"]
    assert ann.busy == 0
    assert (withdrawn.cost, withdrawn.owed) == (0 if payable else 40, OWED)
    assert done.of(Finished) == done.of(Settled) == []
    ledger = done.market.ledger
    assert ledger.spending() == (OWED if payable else 40)
    assert ledger.balance("credit", purse("ann")) == (0 if payable else OWED)


@ON_BOTH
def test_a_task_while_its_answer_is_judged(backend: str, tmp_path: Path) -> None:
    """The report is kept and its bill is paid, but nothing is scored or settled."""
    tasks = [task(0, verify=Slow(100))]
    fleet = [Paced("ann", 40, metered=30)]
    done = run(backend, tmp_path, fleet, tasks, mechanism="first-price", budget="0.000001")

    (withdrawn,), (result,) = done.of(Withdrawn), done.results
    assert done.seconds == pytest.approx(5)
    assert (result.state, result.answer, result.settlement) == ("cancelled", "right", None)
    assert (withdrawn.cost, withdrawn.owed) == (0, OWED)
    assert done.market.ledger.balance("cash", spent("ann")) == 30
    assert len(done.of(Finished)) == 1


@ON_BOTH
def test_a_fallback_whose_turn_has_come(backend: str, tmp_path: Path) -> None:
    """Who failed before is settled; the fallback at work gets the price, the one behind it nothing."""
    fleet = [
        Paced("ann", 10, "wrong", chance=0.5, works=1),
        Paced("bob", 20, chance=0.5, works=100),
        Paced("cyd", 30, chance=0.5),
    ]
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="sequential-pivot")

    assert done.states == ["cancelled"]
    assert [each.settlement.worker for each in done.of(Settled)] == ["ann"]
    assert [(each.worker, each.owed) for each in done.of(Withdrawn)] == [("bob", OWED)]
    assert done.market.ledger.balance("credit", purse("cyd")) == 0


def test_the_summary_counts_what_was_withdrawn(tmp_path: Path) -> None:
    """The state of the task, the award and the money are in the totals."""
    fleet = [Paced("ann", 40, works=10)]
    done = run("asyncio", tmp_path, fleet, [task(0), task(1)], mechanism="first-price")
    summary = Summary()
    for event in done.market.events:
        summary.note(event)

    ann = summary.workers[fleet[0].name]
    assert (summary.states["cancelled"], summary.states["solved"]) == (1, 1)
    assert (ann.withdrawn, ann.awards, ann.paid, ann.compensation) == (1, 2, 40, OWED)
    assert (ann.cost, ann.cash, ann.profit) == (80, 80, OWED - 40)
    assert summary.to_data()["compensation"]["nano"] == OWED


def test_the_report_tells_of_it(tmp_path: Path) -> None:
    """The story of an auction says that the award was withdrawn, why, and what was paid for it."""
    stories = Stories(9)
    for event in run(
        "asyncio", tmp_path, [Paced("ann", 40, works=10)], [task(0)], mechanism="first-price"
    ).market.events:
        stories.note(event)
    (story,) = stories.told()

    assert "called off" in story.flags
    assert tell(story, "first-price", "USD").sentences[-1] == (
        "The award was withdrawn: not wanted. For that ann got 0.00000025 USD."
    )


def test_deposits_grow_by_what_a_withdrawal_brings(tmp_path: Path) -> None:
    """A worker that was paid for a withdrawn award can be charged that much more."""
    rule = {"name": "deposit-vcg", "stake": "0", "deposit": "0.000002"}
    fleet = [Paced("ann", 40, works=10)]
    tasks = [task(0), task(1, "t9"), task(9)]
    done = run("asyncio", tmp_path, fleet, tasks, mechanism=rule)

    assert done.states == ["cancelled", "solved", "solved"]
    assert Money(OWED) in [each.owed for each in done.of(Withdrawn)]
