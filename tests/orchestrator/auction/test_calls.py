"""Calls that were noted before a crash and not answered: what each policy does about them."""

from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import pytest

from orchestrator.auction.calls import NO_ROOM, NOT_AGAIN
from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.summary import summarise
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from protocols.events import Event, Started, TaskEnded, Unsettled
from tests.orchestrator.interruptions import coordinator, cut_after, run_one, solo
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, events_of, finished, payments

Policy = Literal["reattach", "retry", "fail"]


class Remembering(Paced):
    """A worker that gives the answer of the first call to whoever asks for it again."""

    reattachable = True


def market(
    path: Path, worker: Paced, policy: Policy, budget: str, *, resume: bool = True
) -> Coordinator:
    """Run one task under a policy."""
    found = coordinator(
        path,
        [worker],
        mechanism="first-price",
        budget=budget,
        resume=resume,
        limits=Limits(lost_calls=policy),
    )
    anyio.run(run_one, found)
    return found


def ann(kind: type[Paced] = Paced, *, payable: bool = False) -> Paced:
    """Return a worker that bids 100 and works for 60."""
    return kind("ann", works=0, metered=60, payable=payable)


def crashed(
    path: Path, policy: Policy, budget: str = "0.0000003", *, payable: bool = False
) -> list[Event]:
    """Leave the journal of a run that died while the worker was at work."""
    market(path, ann(payable=payable), policy, budget, resume=False)
    return cut_after(path, Started)


def lost_of(path: Path) -> tuple[int, int, int]:
    """Return what the summary says: answers lost, answers asked for again, the reserve."""
    with Record(path) as record:
        lost = summarise(record).lost
    return lost.count, lost.reattached, lost.reserve


def starts(path: Path) -> list[tuple[int, bool]]:
    """Return the calls on record."""
    return [(e.call, e.reattached) for e in events_of(path) if isinstance(e, Started)]


def test_retry_books_a_reserve_and_calls_once_more(tmp_path: Path) -> None:
    """The hold of the lost call is a reserve of 100; the new call is billed at 60."""
    path = tmp_path / "run.db"
    crashed(path, "retry")
    again = ann()

    resumed = market(path, again, "retry", "0.0000003")

    assert again.called == ["t1"]
    assert starts(path) == [(1, False), (2, False)]
    assert lost_of(path) == (1, 0, 100)
    assert resumed.ledger.balance("cash", "spent:ann") == 160
    assert replay(path).identical


def test_fail_calls_nobody_again(tmp_path: Path) -> None:
    """The task ends without an outcome and without blame, and the lost call keeps its reserve."""
    path = tmp_path / "run.db"
    crashed(path, "fail")
    again = ann()

    resumed = market(path, again, "fail", "0.0000003")

    (ended,) = [event for event in events_of(path) if isinstance(event, Unsettled)]
    assert (ended.reason, ended.lost) == (NOT_AGAIN, True)
    assert again.called == []
    assert payments(events_of(path)) == {}
    assert lost_of(path) == (1, 0, 100)
    assert (resumed.ledger.balance("cash", "spent:ann"), resumed.ledger.held) == (100, 0)
    assert replay(path).identical


def test_reattach_asks_for_the_answer_of_the_same_call(tmp_path: Path) -> None:
    """Nothing is booked twice: the run has the books of one that was never interrupted."""
    path, whole = tmp_path / "run.db", tmp_path / "whole.db"
    unbroken = market(whole, ann(Remembering), "reattach", "0.0000003", resume=False)
    crashed(path, "reattach")
    again = ann(Remembering)

    resumed = market(path, again, "reattach", "0.0000003")

    assert again.called == ["t1"]
    assert starts(path) == [(1, False), (2, True)]
    assert lost_of(path) == (0, 1, 0)
    assert finished(events_of(path)) == finished(events_of(whole))
    for book in ("cash", "credit"):
        assert resumed.ledger.accounts(book) == unbroken.ledger.accounts(book)
    assert replay(path).identical


def test_reattach_calls_a_worker_anew_that_promises_nothing(tmp_path: Path) -> None:
    """Without the promise of the worker the lost call may be billed, and it is made again."""
    path = tmp_path / "run.db"
    crashed(path, "reattach")

    market(path, ann(), "reattach", "0.0000003")

    assert starts(path) == [(1, False), (2, False)]
    assert lost_of(path) == (1, 0, 100)


def test_reattach_needs_no_room_in_the_budget(tmp_path: Path) -> None:
    """Where the budget bears one call, the answer of that call can still be asked for."""
    path = tmp_path / "run.db"
    crashed(path, "reattach", "0.00000015")

    market(path, ann(Remembering), "reattach", "0.00000015")

    assert finished(events_of(path))["ends"] == {"t1": "solved"}


def test_what_was_given_up_once_is_not_taken_up_by_a_better_worker(tmp_path: Path) -> None:
    """A process that could not pay a second call has ended the award; that stays as it is."""
    path = tmp_path / "run.db"
    crashed(path, "reattach", "0.00000015")
    market(path, ann(), "reattach", "0.00000015")
    cut_after(path, Unsettled)
    again = ann(Remembering)

    market(path, again, "reattach", "0.00000015")

    (ended,) = [event for event in events_of(path) if isinstance(event, Unsettled)]
    assert (ended.reason, again.called) == (NO_ROOM, [])
    assert replay(path).identical


@pytest.mark.parametrize(("policy", "state"), [("retry", "solved"), ("fail", "unsettled")])
def test_an_outside_worker_is_paid_by_its_contract_or_not_at_all(
    tmp_path: Path, policy: Policy, state: str
) -> None:
    """Its calls are billed to nobody, so nothing is reserved for a lost one."""
    path = tmp_path / "run.db"
    crashed(path, policy, payable=True)

    resumed = market(path, ann(payable=True), policy, "0.0000003")

    assert [e.state for e in events_of(path) if isinstance(e, TaskEnded)] == [state]
    assert lost_of(path) == (1, 0, 0)
    assert resumed.ledger.held == 0
    assert resumed.ledger.balance("cash", "worker:ann") == (100 if state == "solved" else 0)


def test_a_run_that_dies_again_and_again_loses_a_reserve_each_time(tmp_path: Path) -> None:
    """Three lost calls are three reserves; under `reattach` the same deaths cost nothing."""
    expectations: dict[Policy, tuple[int, int, int]] = {
        "retry": (3, 0, 300),
        "reattach": (0, 3, 0),
    }
    for policy, expected in expectations.items():
        path = tmp_path / f"{policy}.db"
        run = partial(market, path, ann(Remembering), policy, "0.000001")
        run(resume=False)
        cut_after(path, Started)
        for deaths in (2, 3):
            run()
            events = events_of(path)
            places = [n for n, event in enumerate(events) if isinstance(event, Started)]
            path.unlink()
            write(path, events[: places[deaths - 1] + 1])
        run()
        assert lost_of(path) == expected
        assert replay(path).identical


def test_the_policy_is_a_setting_of_the_run(tmp_path: Path) -> None:
    """A program that resumes with another policy is told which setting differs."""
    path = tmp_path / "run.db"
    solo(path, "0.0000003", ann(), resume=False)
    cut_after(path, Started)

    with pytest.raises(Exception, match=r"another run: config\.limits\.\w+ is"):
        market(path, ann(), "fail", "0.0000003")
