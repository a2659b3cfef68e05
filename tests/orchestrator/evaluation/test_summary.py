"""What a run came to, against numbers worked out by hand."""

import tracemalloc
from pathlib import Path

import pytest

from orchestrator.evaluation.summary import Summary, summarise
from orchestrator.memory.record import Record
from protocols.events import Allocated, Announced, Closed, Event, TaskAdded, TaskEnded
from protocols.mechanism import Allocation
from protocols.messages import Announcement
from protocols.units import AnnouncementId, Money, TaskId
from tests.orchestrator.small_runs import A, B, events, liar_and_honest, lot, market, write
from workers.simulated import SimulatedWorker


def folded(listed: list[Event]) -> Summary:
    """Fold events into a summary."""
    summary = Summary()
    for event in listed:
        summary.note(event)
    return summary


def test_totals_of_a_small_run() -> None:
    """Value 100 of t1; cash 3 for bids, 12 billed and 30 paid; 86 paid for work of 37."""
    summary = folded(events())
    assert (summary.value, summary.cash, summary.utility) == (100, 45, 55)
    assert (summary.paid, summary.cost, summary.bid_charges) == (86, 37, 3)
    assert summary.overpayment == 86 / 37
    assert summary.budget_left == 955
    assert (summary.announcements, summary.reannounced) == (2, 1)
    assert (summary.tasks, summary.open_tasks, summary.closed) == (3, 0, "done")
    ended = {state: count for state, count in summary.states.items() if count}
    assert ended == {"solved": 1, "unsold": 1, "skipped": 1}


def test_worker_of_ours() -> None:
    """Worker a bid once, declined once, solved its award and keeps 56 - 12; its bills are cash."""
    a = folded(events()).workers[A]
    assert (a.bids, a.refusals, a.awards, a.solved) == (1, 1, 1, 1)
    assert a.report.value == 0.8
    assert a.brier.value == pytest.approx(0.04)
    assert a.score.value == -0.04
    assert (a.paid, a.cost, a.profit, a.cash) == (56, 12, 44, 15)


def test_worker_paid_in_cash() -> None:
    """Worker b failed on a report of 0.9: a Brier score of 0.81; its pay of 30 is the cash."""
    b = folded(events()).workers[B]
    assert (b.bids, b.awards, b.solved) == (2, 1, 0)
    assert b.brier.value == pytest.approx(0.81)
    assert (b.paid, b.cost, b.profit, b.cash) == (30, 25, 5, 30)


def test_data_has_units_and_nano_units() -> None:
    """Money appears as a decimal text for people and an integer for programs."""
    data = folded(events()).to_data()
    assert data["utility"] == {"units": "0.000000055", "nano": 55}
    assert data["workers"][0]["brier_score_lower_is_better"] == pytest.approx(0.04)
    assert data["tasks"]["total"] == 3


def test_an_open_run_has_a_summary_too() -> None:
    """A run that stops after its first announcement leaves two tasks open."""
    summary = folded(events()[:-8])
    assert (summary.closed, summary.open_tasks, summary.value) == (None, 3, 0)


def test_nothing_has_no_totals() -> None:
    """Without events there is no ratio, no currency and no budget."""
    summary = Summary()
    assert (summary.overpayment, summary.budget_left, summary.currency) == (None, None, "")
    assert summary.to_data()["run"] is None


def test_journal_gives_the_summary_of_its_events(tmp_path: Path) -> None:
    """Written to a file and read back, the events sum up to the same data."""
    with Record(write(tmp_path / "run.db", events())) as record:
        assert summarise(record).to_data() == folded(events()).to_data()


@pytest.mark.anyio
async def test_live_and_recorded_summaries_are_equal(tmp_path: Path) -> None:
    """A listener on a running market and a reader of its journal come to the same data."""
    live = Summary()
    slow = SimulatedWorker("slow", skill=0.7, cost="0.05", latency=0.001, seed=3)
    path = await market(tmp_path / "run.db", [*liar_and_honest(), slow], live.note)
    with Record(path) as record:
        assert summarise(record).to_data() == live.to_data()
    assert live.events > 10 * 5


def test_memory_is_that_of_open_work() -> None:
    """A thousand tasks, each closed before the next, need no more memory than ten."""
    assert footprint(1000) < 1.5 * footprint(10)


def footprint(tasks: int) -> int:
    """Return the bytes that a summary holds after so many announcements of one task each."""
    summary = Summary()
    opening, *_ = events()
    summary.note(opening)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(tasks):
        name, lot_of = AnnouncementId(f"a{number}"), lot(TaskId(f"t{number}"))
        summary.note(TaskAdded(lot=lot_of))
        call = Announcement(announcement=name, number=number + 1, lots=(lot_of,), participants=())
        summary.note(Announced(announcement=call))
        nothing = Allocation(announcement=name, mechanism="m", awards=(), welfare=Money(0))
        summary.note(Allocated(allocation=nothing))
        summary.note(Closed(announcement=name, number=number + 1))
        summary.note(TaskEnded(task=lot_of.task, state="unsold"))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return after - before
