"""Real processes that are killed at random, and the lease that keeps the living apart."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import monotonic, sleep

import anyio
import pytest

from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.replay import replay
from orchestrator.verification import verify
from protocols.events import Event, RunClosed
from tests.orchestrator.crash_run import SETTINGS, outcome, run_through
from tests.orchestrator.killing import kill, live, real_market, start
from tests.orchestrator.markets import events_of

BACKENDS = ("asyncio", "trio")


def read(path: Path) -> list[Event]:
    """Return what a journal holds, checked; nothing if it has not been made yet."""
    try:
        return events_of(path)
    except JournalError as error:
        if "no such journal" in str(error) or "nothing was recorded" in str(error):
            return []
        raise


def whole(mechanism: str, path: Path) -> tuple[dict[str, object], float]:
    """Return what an uninterrupted run comes to, and how long it takes."""
    market, begun = real_market(mechanism, path), monotonic()
    anyio.run(run_through, market, mechanism)
    return outcome(market, events_of(path)), monotonic() - begun


def finish(mechanism: str, path: Path) -> dict[str, object]:
    """Finish a run in this process and return what it has come to."""
    market = real_market(mechanism, path)
    anyio.run(run_through, market, mechanism)
    return outcome(market, events_of(path))


def killed_at_random(
    folder: Path, kills: int, seed: int, mechanisms: Sequence[str]
) -> tuple[int, int]:
    """Kill run after run, each several times, until so many processes have died; check every run.

    Returns:
        How many processes were killed while they worked, and how many runs were finished.
    """
    draws, died, finished, number = Random(seed), 0, 0, 0
    expected = {name: whole(name, folder / f"whole-{name}.db") for name in mechanisms}
    while died < kills:
        number += 1
        mechanism = draws.choice(mechanisms)
        path, before = folder / f"{number}.db", list[Event]()
        for _ in range(draws.randint(1, 6)):
            process = start(live, mechanism, str(path), draws.choice(BACKENDS))
            sleep(draws.uniform(0.0, 0.8 * expected[mechanism][1]))
            died += kill(process) == -signal.SIGKILL
            events = read(path)
            assert events[: len(before)] == before
            before = events
            if any(isinstance(event, RunClosed) for event in events):
                break
            if path.exists() and not events:  # it died while it made the file
                path.unlink()
        if not any(isinstance(event, RunClosed) for event in before):
            assert finish(mechanism, path) == expected[mechanism][0], number
        assert replay(path).identical
        finished += 1
        path.unlink()
    return died, finished


def test_processes_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    """A few of the many of `make test-all`."""
    died, finished = killed_at_random(tmp_path, 3, seed=1, mechanisms=["vcg"])
    assert died >= 3
    assert finished >= 1


@pytest.mark.long
def test_two_hundred_processes_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    """Every run ends with the awards, payments and books of one that was left alone."""
    died, finished = killed_at_random(tmp_path, 200, 2, [*SETTINGS])
    print(f"{died} processes killed, {finished} runs finished")  # noqa: T201 - the figure asked for
    assert died >= 200


# The lease ----------------------------------------------------------------------------------


def working(path: Path) -> None:
    """Return when a run in another process has recorded something."""
    deadline = monotonic() + 20
    while len(read(path)) < 3:
        assert monotonic() < deadline


def slow(mechanism: str, path: str) -> None:
    """Run at a slow pace, so that somebody can look at it."""
    market = real_market(mechanism, Path(path), pace=20.0)
    anyio.run(run_through, market, mechanism)


def test_a_second_coordinator_is_refused_while_the_first_lives_and_not_after(
    tmp_path: Path,
) -> None:
    """One is at work; another cannot go on with the run; once it is killed, another can at once."""
    path = tmp_path / "run.db"
    process = start(slow, "vcg", str(path))
    working(path)
    with pytest.raises(JournalError, match="another process is writing this journal"):
        anyio.run(run_through, real_market("vcg", path), "vcg")

    before = read(path)
    assert kill(process) == -signal.SIGKILL
    assert path.with_name("run.db.lock").exists()  # it is stale, and stands in nobody's way
    finish("vcg", path)
    assert read(path)[: len(before)] == before


def test_anybody_may_read_while_a_coordinator_works(tmp_path: Path) -> None:
    """To verify, to replay and to read take no lease, and see a sound beginning of the run."""
    path = tmp_path / "run.db"
    process = start(slow, "vickrey", str(path))
    try:
        working(path)
        with Record(path) as record:
            assert verify(record).problems == ()
        assert replay(path).differences == ()
        assert process.is_alive()
    finally:
        kill(process)


def test_of_two_that_resume_at_the_same_time_one_is_refused(tmp_path: Path) -> None:
    """Two real commands race for one journal: never do both write, and the run is finished once."""
    path = tmp_path / "run.db"
    process = start(slow, "vcg", str(path))
    working(path)
    kill(process)
    racer = (
        "import sys, anyio; from pathlib import Path;"
        "from tests.orchestrator.killing import real_market; from"
        " tests.orchestrator.crash_run import run_through;"
        "anyio.run(run_through, real_market('vcg', Path(sys.argv[1])), 'vcg')"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", racer, path], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [(each.communicate(timeout=60)[1], each.returncode) for each in racers]

    refused = [said for said, code in ends if code]
    assert len(refused) == 1
    assert "another process is writing this journal" in refused[0] or "is closed" in refused[0]
    assert replay(path).identical


ORPHAN = """
import subprocess, sys, time
from pathlib import Path
from orchestrator.memory.sqlite_journal import SqliteJournal
journal = SqliteJournal(Path(sys.argv[1]), lambda: 0.0)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def test_what_a_dead_coordinator_has_started_does_not_hold_its_lease(tmp_path: Path) -> None:
    """A program that outlives it, such as a verifier's, has not inherited the lock."""
    path = tmp_path / "run.db"
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, path], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    try:
        SqliteJournal(path, lambda: 0.0, resume=True).close()
        os.kill(orphan, 0)  # it still lives
    finally:
        os.kill(orphan, signal.SIGKILL)
