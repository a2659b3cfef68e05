"""What becomes of the other tasks when one fails for good."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from orchestrator.market import Limits
from orchestrator.task import Task
from protocols.decommitment import Cancelled
from protocols.events import RunClosed, Started
from tests.orchestrator.cancelling import check_replay
from tests.orchestrator.interruptions import coordinator
from tests.orchestrator.journals import write
from tests.orchestrator.markets import HOUR, Kin, Paced, events_of, finished, virtually
from tests.workers.virtual_time import BACKENDS
from workers.verifiers import exact

RIGHT, WRONG = exact("right"), exact("wrong")
STOP = Limits(on_failure="stop", attempts=2, batch=1, announcements=1)


def tasks(*lost: int) -> list[Task]:
    """Return five tasks, some of which nobody can solve; the last needs the first."""
    return [
        Task("x", "0.000001", WRONG if n in lost else RIGHT, id=f"t{n}", needs=["t0"] * (n == 4))
        for n in range(5)
    ]


def run(backend: str, limits: Limits, *lost: int, seconds: float = 1.0) -> Kin:
    """Run the tasks with two workers."""

    async def main() -> Kin:
        fleet = [Paced("ann", 100, works=seconds), Paced("bob", 200, works=seconds)]
        market = Kin(fleet, mechanism="first-price", limits=limits, budget="1")
        async with market:
            await market.run_all(tasks(*lost))
        return market

    return virtually(main, backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_others_go_on_if_nothing_is_said(backend: str) -> None:
    """A failure is the affair of one task, and of those that need it."""
    market = run(backend, Limits(batch=1, announcements=1), 1)

    assert market.state() == {
        "t0": "solved",
        "t1": "failed",
        "t2": "solved",
        "t3": "solved",
        "t4": "solved",
    }
    assert market.events[-1] == RunClosed(reason="done")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_stop_calls_off_what_has_not_ended(backend: str, tmp_path: Path) -> None:
    """When the last attempt has failed the rest is called off, with the reason, and can be replayed."""
    market = run(backend, STOP, 1)

    # t1 is announced again behind the others: t0, t2 and t3 are done by then
    assert market.state() | {"t4": ""} == {
        "t0": "solved",
        "t1": "failed",
        "t2": "solved",
        "t3": "solved",
        "t4": "",
    }
    lost = run(backend, STOP.model_copy(update={"attempts": 1}), 1)
    assert lost.state() == {
        "t0": "solved",
        "t1": "failed",
        **dict.fromkeys(("t2", "t3", "t4"), "cancelled"),
    }
    assert {one.reason for one in lost.of(Cancelled)} == {
        "task 't1' is failed, and on_failure is stop"
    }
    assert {one.task for one in lost.of(Started)} == {"t0", "t1"}
    assert lost.events[-1] == RunClosed(reason="cancelled")
    assert lost.ledger.held == 0
    check_replay(lost, tmp_path)


@pytest.mark.parametrize("backend", BACKENDS)
def test_work_under_way_is_broken_off(backend: str, tmp_path: Path) -> None:
    """What would have taken an hour ends when the failure is known."""
    limits = Limits(
        on_failure="stop", attempts=1, batch=1, announcements=5, execute_seconds=2 * HOUR
    )

    async def main() -> tuple[Kin, float]:
        works = {f"t{n}": HOUR if n else 1.0 for n in range(5)}
        workers = [Paced("ann", 100, works=works)]
        market = Kin(workers, mechanism="first-price", limits=limits)
        start = anyio.current_time()
        async with market:
            await market.run_all(tasks(0))
        return market, anyio.current_time() - start

    market, took = virtually(main, backend)
    assert took == pytest.approx(1.0)
    assert set(market.state().values()) == {"failed", "cancelled", "skipped"}
    assert market.ledger.held == 0
    check_replay(market, tmp_path)


@pytest.mark.parametrize("backend", BACKENDS)
def test_tasks_that_come_after_a_stop_are_called_off(backend: str, tmp_path: Path) -> None:
    """A program that gives its tasks one by one is told so for each; nobody is left for the second."""

    async def main() -> tuple[Kin, list[str]]:
        market = Kin([Paced("ann", 100)], mechanism="first-price", limits=STOP)
        states: list[str] = []
        async with market:
            for task in tasks(1)[:4]:
                states.append((await market.run(task)).state)  # noqa: PERF401 - one by one
        return market, states

    market, states = virtually(main, backend)
    assert states == ["solved", "unsold", "cancelled", "cancelled"]
    check_replay(market, tmp_path)


def test_a_stopped_run_cut_anywhere_ends_as_it_would_have(tmp_path: Path) -> None:
    """A crash between the failure and the calling off changes nothing."""
    limits = STOP.model_copy(update={"attempts": 1})

    async def go(path: Path, *, resume: bool) -> None:
        fleet = [Paced("ann", 100, works=0.0), Paced("bob", 200, works=0.0)]
        market = coordinator(path, fleet, mechanism="first-price", limits=limits, resume=resume)
        async with market:
            await market.run_all(tasks(1))

    whole = tmp_path / "whole.db"
    anyio.run(partial(go, whole, resume=False))
    events = events_of(whole)
    for length in range(1, len(events)):
        path = write(tmp_path / f"{length}.db", events[:length])
        anyio.run(partial(go, path, resume=True))
        assert finished(events_of(path)) == finished(events), length
        path.unlink()
