"""Forks: from any point, nothing is done or paid twice, and replays are identical."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.errors import InputError
from orchestrator.evaluation.summary import summarise
from orchestrator.fork import Point, fork
from orchestrator.inheritance import parent_of
from orchestrator.market import Limits
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task, TaskResult
from orchestrator.verification import verify
from protocols.events import Allocated, Announced, Event, Finished, RunOpened, Started
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, Queue, events_of
from tests.orchestrator.small_runs import events as small_run
from workers.verifiers import Exact

TASKS = tuple(
    Task("x", "0.000001", Exact(answer=("right",)), id=f"t{n}", needs=["t0"] if n == 4 else [])
    for n in range(5)
)
OLD: dict[str, Any] = {
    "mechanism": "vickrey",
    "budget": "0.00001",
    "limits": Limits(batch=2, attempts=2),
}
NEW: dict[str, Any] = {
    "mechanism": {"name": "contingent-vcg", "forecast": "recalibrated"},
    "budget": "0.0000012",
    "limits": Limits(batch=3, attempts=3, announcements=1, solved_at=0.9),
    "seed": 5,
}


def fleet() -> list[Paced]:
    """Return one that fails, one that is right, and an outsider that charges for its bids."""
    return [
        Paced("wrong", 100, "wrong", works=0),
        Paced("right", 120, works=0),
        Paced("paid", 200, works=0, payable=True, ceiling=3, charge=2),
    ]


def run(
    path: Path, crew: Sequence[Paced], tasks: Sequence[Task] = TASKS, **more: Any
) -> list[TaskResult]:
    """Have tasks done and recorded."""

    async def main() -> list[TaskResult]:
        async with Coordinator(crew, journal=path, **more) as market:
            return await market.run_all(tasks)

    return anyio.run(main)


def forked(
    parent: Path,
    target: Path,
    crew: Sequence[Paced],
    at: int | None,
    tasks: Sequence[Task] = TASKS,
    **more: Any,
) -> Point:
    """Write a fork with new settings."""
    opening = Coordinator(crew, journal=target, resume=True, **more).opening
    return fork(parent, target, opening, tasks, at)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of a run with failures, second attempts and an outsider."""
    path = tmp_path_factory.mktemp("parent") / "run.db"
    run(path, fleet(), **OLD)
    return path


def done(listed: Sequence[Event]) -> set[tuple[str, str]]:
    """Return who has reported on what."""
    return {
        (event.report.task, event.report.worker) for event in listed if isinstance(event, Finished)
    }


@pytest.mark.parametrize("settings", [OLD, NEW], ids=["same settings", "other settings"])
def test_from_every_point(settings: dict[str, Any], parent: Path, tmp_path: Path) -> None:
    """At every fourth point: a sound journal, an identical replay, and no answer is asked for twice."""
    listed = events_of(parent)
    for at in range(1 + 2 * (settings is NEW), len(listed), 4):
        path, crew = tmp_path / f"{at}.db", fleet()
        point = forked(parent, path, crew, at, **settings)
        run(path, crew, resume=True, **settings)
        found = replay(path)
        assert (found.differences, found.compared, found.finished) == ((), found.events, True), at
        after = events_of(path)
        assert after[1:at] == listed[1:at]
        called = {(task, worker.name) for worker in crew for task in worker.called}
        assert not called & done(listed[:at]), at
        assert point.seq == at


def test_what_was_announced_ends_on_its_old_terms(parent: Path, tmp_path: Path) -> None:
    """Announcements of the parent are cleared by its mechanism, later ones by the new one."""
    listed = events_of(parent)
    at = next(n for n, event in enumerate(listed, 1) if isinstance(event, Announced))
    crew = fleet()
    forked(parent, tmp_path / "f.db", crew, at, **NEW)
    run(tmp_path / "f.db", crew, resume=True, **NEW)
    rules = [
        event.allocation.mechanism
        for event in events_of(tmp_path / "f.db")
        if isinstance(event, Allocated)
    ]
    assert rules[0] == "vickrey"
    assert set(rules[1:]) == {"contingent-vcg"}


def test_what_was_spent_counts(parent: Path, tmp_path: Path) -> None:
    """A budget that was spent by then buys nothing more, and what was spent is booked once."""
    listed = events_of(parent)
    last = max(n for n, event in enumerate(listed, 1) if isinstance(event, Finished)) - 3
    poor: dict[str, Any] = {**OLD, "budget": "0.0000001"}
    crew = fleet()
    point = forked(parent, tmp_path / "f.db", crew, last, **poor)
    assert point.spent > 100
    run(tmp_path / "f.db", crew, resume=True, **poor)
    with Record(tmp_path / "f.db") as record:
        total = summarise(record)
    assert total.cash >= point.spent
    assert replay(tmp_path / "f.db").identical
    with Record(tmp_path / "f.db") as record:
        assert verify(record).problems == ()


def test_a_closed_run_goes_on_with_more_tasks(parent: Path, tmp_path: Path) -> None:
    """By default all is taken over but the end, so that only what is new is done."""
    more = (*TASKS, Task("x", "0.000001", Exact(answer=("right",)), id="new"))
    crew = fleet()
    point = forked(parent, tmp_path / "f.db", crew, None, more, **OLD)
    results = run(tmp_path / "f.db", crew, more, resume=True, **OLD)
    assert point.seq == len(events_of(parent)) - 1
    assert results[-1].solved
    assert {task for worker in crew for task in worker.called} == {"new"}
    assert replay(tmp_path / "f.db").identical


def test_a_fork_can_be_interrupted_and_forked(parent: Path, tmp_path: Path) -> None:
    """A fork of a fork has three sets of terms in one run; its replay follows all of them."""
    listed = events_of(parent)
    closed = [n for n, event in enumerate(listed, 1) if event.event == "closed"]
    first, second = tmp_path / "1.db", tmp_path / "2.db"
    crew = fleet()
    forked(parent, first, crew, closed[0] - 2, **NEW)
    run(first, crew, resume=True, **NEW)
    inner = events_of(first)
    for at in range(closed[0] - 4, len(inner) - 1, 3):
        newest: dict[str, Any] = {**OLD, "mechanism": "first-price", "limits": Limits(batch=1)}
        crew = fleet()
        second.unlink(missing_ok=True)
        forked(first, second, crew, at, **newest)
        run(second, crew, resume=True, **newest)
        assert replay(second).identical, at
        with Record(second) as record:
            assert verify(record).problems == ()
            opened = record.get("run-opened")
        assert isinstance(opened, RunOpened)
        assert opened.forked is not None
        assert parent_of(opened.forked).forked is not None


def test_names_and_parents(parent: Path, tmp_path: Path) -> None:
    """A fork has a name of its own, also with the same settings, and says where it comes from."""
    crew = fleet()
    forked(parent, tmp_path / "f.db", crew, 9, **OLD)
    first, mine = events_of(parent)[0], events_of(tmp_path / "f.db")[0]
    assert isinstance(first, RunOpened)
    assert isinstance(mine, RunOpened)
    assert mine.forked is not None
    assert (mine.forked.run, mine.forked.seq) == (first.run, 9)
    assert mine.run != first.run
    assert parent_of(mine.forked) == first


def test_calls_under_way_are_told(parent: Path, tmp_path: Path) -> None:
    """Right after a worker was called its answer is missing; the last quiet entry is before that."""
    at = next(n for n, event in enumerate(events_of(parent), 1) if isinstance(event, Started))
    point = forked(parent, tmp_path / "f.db", fleet(), at, **OLD)
    assert (point.under_way, point.quiet) == (1, at - 1)


# What cannot be -------------------------------------------------------------------------------


def refused(parent: Path, target: Path, *, at: int | None = 9, **changed: Any) -> str:
    """Return why a fork is refused; nothing is written."""
    crew = changed.pop("crew", None) or fleet()
    tasks = changed.pop("tasks", TASKS)
    with pytest.raises(InputError) as caught:
        forked(parent, target, crew, at, tasks, **{**OLD, **changed})
    assert not target.exists()
    return str(caught.value)


def test_points_that_are_not_there(parent: Path, tmp_path: Path) -> None:
    """An entry that is not there is refused, and the last one of a closed run with the reason."""
    count = len(events_of(parent))
    for at in (0, count + 1):
        assert f"expected an entry from 1 to {count - 1}" in refused(
            parent, tmp_path / "f.db", at=at
        )
    assert "nothing can come after" in refused(parent, tmp_path / "f.db", at=count)


def test_tasks_that_had_entered_stay(parent: Path, tmp_path: Path) -> None:
    """A task that had entered can neither be changed nor left out."""
    changed = (Task("y", "0.000001", Exact(answer=("right",)), id="t0"), *TASKS[1:])
    said = refused(parent, tmp_path / "f.db", tasks=changed)
    assert said == "task 't0' was changed, but had entered by then as it was"
    assert "task 't4' is gone" in refused(parent, tmp_path / "f.db", tasks=TASKS[:4])


def test_workers_that_had_been_asked_stay(parent: Path, tmp_path: Path) -> None:
    """A worker may come to it; one that was there stays, on the terms that it had."""
    assert "worker 'paid' is gone" in refused(parent, tmp_path / "f.db", crew=fleet()[:2])
    crew = [*fleet()[:2], Paced("paid", 200, works=0)]
    assert "another contract" in refused(parent, tmp_path / "f.db", crew=crew)
    more = [*fleet(), Paced("late", 50, works=0)]
    forked(parent, tmp_path / "f.db", more, 9, **OLD)
    run(tmp_path / "f.db", more, resume=True, **OLD)
    assert replay(tmp_path / "f.db").identical


def test_another_currency(parent: Path, tmp_path: Path) -> None:
    """What was spent in one currency cannot be taken over into another."""
    assert "currency" in refused(parent, tmp_path / "f.db", currency="EUR")


def test_a_mechanism_given_in_code(tmp_path: Path) -> None:
    """What decided in code cannot be called again by its name."""
    path = tmp_path / "run.db"
    coded: dict[str, Any] = {**OLD, "mechanism": Queue()}
    run(path, fleet(), **coded)
    assert "given in code" in refused(path, tmp_path / "f.db")


def test_a_damaged_parent(tmp_path: Path) -> None:
    """A parent whose chain is broken is no parent; nor is an empty file."""
    import sqlite3

    path = write(tmp_path / "run.db", small_run())
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER events_are_never_updated")
        connection.execute("UPDATE events SET body = replace(body, '100', '101') WHERE seq = 2")
    connection.close()
    with pytest.raises(JournalError, match="damaged"):
        forked(path, tmp_path / "f.db", fleet(), 3, **OLD)
    with pytest.raises(JournalError, match="never opened"):
        forked(write(tmp_path / "empty.db", []), tmp_path / "f.db", fleet(), 1, **OLD)


# The verb -------------------------------------------------------------------------------------


def test_the_verb(tmp_path: Path) -> None:
    """The quickstart goes on by first price; replay and verify agree, compare says what changed."""
    path, other = tmp_path / "run.db", tmp_path / "fork.db"
    truthbid("run", CONFIGS / "quickstart.yaml", "--journal", path, "--quiet")
    changes = ("--set", "mechanism=first-price", "--set", "market.batch=4")
    said = truthbid("fork", path, "--at", 200, *changes, "--journal", other)
    assert said.code == 0
    assert f"{other}: goes on from entry 200 of {path}; 0.0541 USD were spent by then" in said.err
    assert "will be repeated (none was open at --at 176)" in said.err
    assert truthbid("replay", other).code == 0
    assert truthbid("verify", other).code == 0
    settings = truthbid("compare", path, other, "--json").data()["settings"]
    assert {"path": "market.batch", "first": 8, "second": 4} in settings


def test_the_verb_refuses(tmp_path: Path) -> None:
    """A wrong setting, a file that exists and a changed task are one line each."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / "quickstart.yaml", "--journal", path, "--quiet")
    for options, words in [
        (("--set", "mechanism=vickry"), "did you mean 'vickrey'?"),
        (("--journal", path), "exists already"),
        (("--set", "tasks.0.value=1"), "task 'arithmetic-1' was changed"),
        (("--at", "9999"), "expected an entry from 1 to"),
    ]:
        target = () if "--journal" in options else ("--journal", tmp_path / "fork.db")
        said = truthbid("fork", path, *options, *target)
        assert (said.code, said.out) == (2, "")
        assert words in said.err
        assert not (tmp_path / "fork.db").exists()


def test_an_interrupted_fork_is_resumed(parent: Path, tmp_path: Path) -> None:
    """A fork that was only written can be opened twice: the second time goes on from the first."""
    crew = fleet()
    path = tmp_path / "f.db"
    forked(parent, path, crew, 20, **NEW)

    async def open_and_leave() -> None:
        async with Coordinator(crew, journal=path, resume=True, **NEW):
            pass

    anyio.run(partial(open_and_leave))
    crew = fleet()
    run(path, crew, resume=True, **NEW)
    assert replay(path).identical


@pytest.mark.parametrize(
    ("config", "points", "fixed"),
    [
        ("peer.yaml", (60, 300, 578), "peer.stake=0.02"),
        ("planner.yaml", (3, 12, 60), "goal=another"),
    ],
)
def test_runs_with_peers_and_plans_are_forked(
    config: str, points: Sequence[int], fixed: str, tmp_path: Path
) -> None:
    """Peers are paid as was agreed and plans are taken over; neither can be changed any more."""
    first, smaller = tmp_path / "run.db", ("--set", "generate.count=40")
    few = smaller if config == "peer.yaml" else ()
    truthbid("run", CONFIGS / config, *few, "--journal", first, "--quiet")
    for at in points:
        path = tmp_path / f"{at}.db"
        given = ("--at", str(at), "--set", "mechanism=first-price", "--journal", path, "--quiet")
        assert truthbid("fork", first, *given).err == ""
        found = replay(path)
        assert (found.differences, found.compared, found.finished) == ((), found.events, True), at
        with Record(path) as record:
            assert verify(record).problems == ()
    changed = truthbid("fork", first, "--at", "12", "--set", fixed, "--journal", tmp_path / "no.db")
    assert (changed.code, changed.err.count("\n")) == (2, 1)
    assert "was changed" in changed.err
