"""Budgets of workers and kinds in a market that runs, is resumed and is replayed."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import purse, spent
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import (
    Allocated,
    Event,
    RunClosed,
    Settled,
    TaskAdded,
    TaskEnded,
    transfers_of,
)
from tests.orchestrator.command import truthbid, workflow
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, events_of, finished
from workers.verifiers import exact

WORKFLOW = """\
name: capped
seed: 3
budget: 3
budgets: {workers: {ada: 0.02}, kinds: {prose: 0.12}}
mechanism: vcg
market: {batch: 4, attempts: 3, lost_calls: reattach}
generate: {count: 60, kinds: {code: 2, prose: 1}, value: 0.05}
workers:
  - {type: simulated, id: ada, skill: 0.9, cost: 0.002, cost_spread: 0.3}
  - {type: simulated, id: bob, skill: 0.9, cost: 0.003, cost_spread: 0.3, payable: true}
"""


def tasks(count: int, kind: str = "task") -> list[Task]:
    """Return tasks that every worker of these tests solves."""
    return [Task("do it", "0.000001", exact("right"), kind, id=f"{kind}{n}") for n in range(count)]


def ended(events: Sequence[Event]) -> Counter[str]:
    """Return how many tasks ended in each state."""
    return Counter(each.state for each in events if isinstance(each, TaskEnded))


def costs(events: Sequence[Event]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the cash that left by account of a worker, and by kind of task, as events say it."""
    kinds = {each.lot.task: each.lot.kind for each in events if isinstance(each, TaskAdded)}
    by_worker: defaultdict[str, int] = defaultdict(int)
    by_kind: defaultdict[str, int] = defaultdict(int)
    for event in events:
        for moved in transfers_of(event):
            if moved.book == "cash" and moved.purpose in {"bill", "pay"}:
                by_worker[moved.target] += moved.amount
                if isinstance(event, Settled):
                    by_kind[kinds[event.settlement.task]] += moved.amount
    return by_worker, by_kind


def within(workers: Sequence[Paced], count: int, budgets: object, **limits: Any) -> Kin:
    """Run tasks under these budgets and return the market."""
    market = Kin(workers, mechanism="vcg", budgets=budgets, limits=Limits(**limits))

    async def main() -> None:
        async with market:
            await market.run_all(tasks(count))

    anyio.run(main)
    return market


@pytest.mark.parametrize("batch", [1, 5, 32])
def test_a_budget_for_three_makes_three_calls(tmp_path: Path, batch: int) -> None:
    """Sixteen tasks at a time, none of which anybody else does: three are done, never a fourth."""
    worker = Paced("ann", 100, seats=16)
    market = within([worker], 16, {"workers": {"ann": "0.0000003"}}, batch=batch)

    assert len(worker.called) == 3
    assert ended(market.events) == {"solved": 3, "unfunded": 13}
    reasons = {each.reason for each in market.of(TaskEnded) if each.state == "unfunded"}
    assert reasons == {"the budget of worker 'ann', 0.0000003, has no room for it"}
    assert [each.reason for each in market.of(RunClosed)] == ["budget"]
    assert market.replayed(tmp_path).identical


def test_others_do_what_a_worker_has_no_budget_for(tmp_path: Path) -> None:
    """Its bids are not considered, with the reason in the journal; the next one wins."""
    cheap, dear = Paced("cheap", 100), Paced("dear", 300)
    market = within([cheap, dear], 12, {"workers": {"cheap": "0.0000005"}}, batch=4)

    assert (len(cheap.called), len(dear.called)) == (5, 7)
    assert ended(market.events) == {"solved": 12}
    withheld = [one for each in market.of(Allocated) for one in each.withheld]
    assert {each.worker for each in withheld} == {"cheap"}
    assert market.replayed(tmp_path).identical


def test_what_is_not_spent_comes_back(tmp_path: Path) -> None:
    """Work that may cost 300 and costs 100: a budget of 600 is enough for four calls in turn."""

    class Careful(Paced):
        """Bids what it may cost at most."""

    worker = Careful("ann", 300, metered=100)
    limits = {"batch": 1, "announcements": 1}
    market = within([worker], 8, {"workers": {"ann": "0.0000006"}}, **limits)

    assert len(worker.called) == 4  # 300 fit beside 0, 100, 200 and 300 spent, not beside 400
    assert market.ledger.balance("cash", spent("ann")) == 400
    assert market.replayed(tmp_path).identical


def test_asking_counts_and_a_worker_without_room_is_not_asked(tmp_path: Path) -> None:
    """A bid that may cost 8 and costs 5, five times, and then there is no room to ask."""
    ann = Paced("ann", 0, ceiling=8, charge=5)
    market = within([ann], 9, {"workers": {"ann": "0.000000030"}}, batch=1, announcements=1)

    assert market.ledger.balance("cash", spent("ann")) == 25
    reasons = {each.reason for each in market.of(TaskEnded) if each.state == "unfunded"}
    assert reasons == {"no budget has room for asking 'ann'"}
    assert market.replayed(tmp_path).identical


def test_a_kind_stops_and_the_others_go_on(tmp_path: Path) -> None:
    """The budget of one kind says nothing about the tasks of another."""
    market = Kin([Paced("ann", 100)], mechanism="vcg", budgets={"kinds": {"prose": "0.00000025"}})

    async def main() -> None:
        async with market:
            await market.run_all([*tasks(6, "prose"), *tasks(6, "code")])

    anyio.run(main)
    assert ended(market.events) == {"solved": 8, "unfunded": 4}
    assert market.replayed(tmp_path).identical


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_no_cap_is_ever_exceeded_and_a_replay_is_identical(tmp_path: Path, backend: str) -> None:
    """What events say was billed and paid, by worker and kind, against the caps of a workflow."""
    path = tmp_path / "run.db"

    async def main() -> None:
        market = Coordinator.from_config(workflow(tmp_path, WORKFLOW), journal=path)
        async with market:
            await market.run_all(market.tasks)

    anyio.run(main, backend=backend)
    events = events_of(path)
    by_worker, by_kind = costs(events)
    assert 0 < by_worker[spent("ada")] <= 20_000_000
    assert by_worker[purse("bob")] > 0
    assert 0 < by_kind["prose"] <= 120_000_000
    assert ended(events)["unfunded"] > 0
    assert replay(path).identical


def test_a_run_cut_after_any_event_keeps_to_the_same_caps(tmp_path: Path) -> None:
    """Awards, payments and endings are those of the whole run."""
    path = tmp_path / "whole.db"
    config = workflow(tmp_path, WORKFLOW.replace("count: 60", "count: 24"))
    assert truthbid("run", config, "--journal", path, "--quiet").code == 3
    events = events_of(path)
    assert ended(events)["unfunded"] > 0

    for length in range(2, len(events), 11):
        cut = write(tmp_path / f"{length}.db", events[:length])
        assert truthbid("resume", cut, "--quiet").code == 3
        assert finished(events_of(cut)) == finished(events), length
        assert replay(cut).differences == ()


def test_the_summary_says_which_cap_stopped_what(tmp_path: Path) -> None:
    """Exit code 3, partial results, the reason, and how many answers nobody has verified."""
    path = tmp_path / "run.db"
    said = truthbid("run", workflow(tmp_path, WORKFLOW), "--journal", path)

    assert said.code == 3
    text = " ".join(said.out.split())
    assert "Stopped by a budget:" in text
    assert "not paid for: the budget of kind 'prose', 0.12, has no room for it." in text
    assert "No answer is unverified." in text
    data = truthbid("report", path, "--json").data()
    assert sum(data["unfunded"].values()) == data["tasks"]["unfunded"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("workers: {adda: 1}", "there is no worker 'adda', did you mean 'ada'?"),
        ("kinds: {proze: 1}", "there is no task of kind 'proze', did you mean 'prose'?"),
        ("workers: {ada: -1}", "must be at least 0, got -1"),
    ],
)
def test_a_cap_on_nothing_is_refused_in_one_line(
    tmp_path: Path, given: str, complaint: str
) -> None:
    """It would look like a cap and be none."""
    text = WORKFLOW.replace("{workers: {ada: 0.02}, kinds: {prose: 0.12}}", f"{{{given}}}")
    said = truthbid("validate", workflow(tmp_path, text))
    assert said.code == 2
    assert complaint in said.err
    assert said.err.count("\n") == 1
