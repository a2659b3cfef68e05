"""Ctrl-C and SIGTERM in every phase: the run stops at once, nothing is lost, nobody is left."""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import Ledger
from orchestrator.signals import StoppedError, until_told
from orchestrator.task import Task
from protocols.events import Event, RunClosed, TaskEnded, transfers_of
from protocols.messages import Announcement, Award, Failure, Lot, Result
from tests.orchestrator.markets import Paced, events_of
from tests.orchestrator.planning.plans import draft, drafted
from tests.orchestrator.stuck import Stubborn, swallow
from tests.workers.openai_server import OpenAIServer, Say
from workers.planning.draft import Brief
from workers.planning.planner import Planner, Proposal
from workers.ports import Bidder, Submit, Verdict
from workers.verifiers import exact

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
BACKENDS = ("asyncio", "trio")


class Tells:
    """Sends a signal to this process when a phase is reached, once, and then waits for ever.

    Args:
        phase: Which.
        number: Which signal.
    """

    def __init__(self, phase: str, number: int) -> None:
        self._phase: str | None = phase
        self._number = number

    async def __call__(self, phase: str) -> None:
        """Say that a phase is reached."""
        if phase == self._phase:
            self._phase = None
            os.kill(os.getpid(), self._number)
            await anyio.sleep(60)


class Phased(Paced):
    """Tells of each of its phases."""

    confirms = True

    def __init__(self, name: str, tell: Tells, *, clock: bool = False) -> None:
        super().__init__(name, 100, works=0.0)
        self._tell, self.clock = tell, clock

    def at_clock(self, announcement: Announcement) -> Bidder:
        """Answer the prices itself."""
        return self if self.clock else super().at_clock(announcement)

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid."""
        await self._tell("round" if "." in announcement.announcement else "bid")
        await super().bid(announcement, submit)

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Take the award up."""
        del lot, award
        await self._tell("confirm")
        return True

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Work."""
        await self._tell("work")
        return await super().execute(lot, award)

    async def aclose(self) -> None:
        """Close."""
        await super().aclose()
        await self._tell("close")


class Judges:
    """A verifier that tells of its phase."""

    type = "judges"

    def __init__(self, tell: Tells) -> None:
        self._tell = tell

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Accept."""
        del lot, result
        await self._tell("judge")
        return Verdict(1.0)


class Plans(Planner):
    """A planner that tells of its phase."""

    def __init__(self, tell: Tells) -> None:
        self._tell = tell
        self.closed = 0

    async def propose(self, brief: Brief) -> Proposal:
        """Propose one task."""
        del brief
        await self._tell("plan")
        return Proposal(draft(drafted(kind="task", check={"type": "exact", "expect": "right"})))

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1


async def go(path: Path, tell: Tells, workers: list[Phased], *, resume: bool) -> None:
    """Run three tasks, one after the other."""
    market = Coordinator(
        workers,
        mechanism={"name": "english", "rounds": True} if workers[0].clock else "first-price",
        journal=path,
        budget="1",
        limits=Limits(batch=1, announcements=1, grace=0.2),
        resume=resume,
    )
    tasks = [Task("x", "0.0000002", Judges(tell), id=f"t{n}") for n in range(3)]
    async with market:
        await market.run_all(tasks)


def open_files() -> int:
    """Return how many files and sockets this process has open."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0  # noqa: PTH208


def stopped(work: Callable[[], Awaitable[object]], backend: str) -> int:
    """Do some work until a signal comes; return the exit code, and check that nothing is left."""
    handlers = [signal.getsignal(number) for number in SIGNALS]
    anyio.run(anyio.lowlevel.checkpoint, backend=backend)  # what a loop keeps open is open now
    files, threads = open_files(), threading.active_count()
    with pytest.raises(StoppedError) as caught:
        anyio.run(until_told, work, pytest.fail, backend=backend)
    assert [signal.getsignal(number) for number in SIGNALS] == handlers
    assert open_files() == files
    assert threading.active_count() <= threads  # another one, of the test runner, may have ended
    return caught.value.code


def held(events: list[Event]) -> int:
    """Return what is in escrow when a journal ends."""
    ledger = Ledger(capped=True)
    for event in events:
        ledger.apply(transfers_of(event))
    return ledger.held


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("phase", ["bid", "round", "confirm", "work", "judge"])
def test_a_signal_in_any_phase_leaves_a_run_that_is_taken_up(
    tmp_path: Path, phase: str, number: signal.Signals, backend: str
) -> None:
    """The code is that of the signal, all are closed, escrow is kept, and resuming ends the run."""
    path, tell = tmp_path / "run.db", Tells(phase, number)
    workers = [Phased("ann", tell, clock=phase == "round")]

    assert stopped(partial(go, path, tell, workers, resume=False), backend) == SIGNALS[number]

    assert [worker.closed for worker in workers] == [1]
    cut = events_of(path)
    assert not any(isinstance(event, RunClosed | TaskEnded) for event in cut)
    assert (held(cut) > 0) == (phase in {"confirm", "work", "judge"})
    calm = Tells("", number)
    again = [Phased("ann", calm, clock=phase == "round")]
    anyio.run(partial(go, path, calm, again, resume=True), backend=backend)
    events = events_of(path)
    assert events[: len(cut)] == cut
    assert [event.state for event in events if isinstance(event, TaskEnded)] == ["solved"] * 3
    assert held(events) == 0
    assert events[-1] == RunClosed(reason="done")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_signal_while_planning_leaves_a_plan_to_be_asked_for(
    tmp_path: Path, backend: str
) -> None:
    """The planner is closed; the resumed run asks it again and books nothing twice."""
    path = tmp_path / "run.db"

    async def pursue(tell: Tells, planner: Plans, *, resume: bool) -> None:
        market = Coordinator(
            [Phased("ann", tell)],
            mechanism="first-price",
            journal=path,
            budget="1",
            planner=planner,
            resume=resume,
        )
        async with market:
            assert (await market.solve("a goal")).solved

    planner = Plans(Tells("plan", signal.SIGTERM))
    tell = Tells("", signal.SIGTERM)
    assert stopped(partial(pursue, tell, planner, resume=False), backend) == 143
    assert planner.closed == 1
    anyio.run(partial(pursue, tell, Plans(tell), resume=True), backend=backend)
    assert events_of(path)[-1] == RunClosed(reason="done")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_signal_while_closing_does_not_undo_what_is_done(tmp_path: Path, backend: str) -> None:
    """All tasks had ended: the run is closed, after the grace time of the worker that hangs."""
    path, tell = tmp_path / "run.db", Tells("close", signal.SIGINT)
    told: list[str] = []

    async def work() -> None:
        await go(path, tell, [Phased("ann", tell)], resume=False)
        told.append("done")

    anyio.run(until_told, work, list[str], backend=backend)
    assert told == ["done"]
    assert events_of(path)[-1] == RunClosed(reason="done")


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_swallows_the_cancellation_does_not_keep_the_process(
    tmp_path: Path, backend: str
) -> None:
    """It is let go after the grace time, and the journal says so."""
    path = tmp_path / "run.db"

    async def told() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await swallow()

    async def work() -> None:
        stubborn, limits = Stubborn("stubborn", "execute", told), Limits(grace=0.05)
        market = Coordinator([stubborn], mechanism="first-price", journal=path, limits=limits)
        async with market:
            await market.run(Task("x", "0.0000002", exact("right")))

    assert stopped(work, backend) == 143
    assert "quarantined" in {event.event for event in events_of(path)}


@pytest.mark.parametrize("backend", BACKENDS)
def test_work_that_ends_before_a_signal_is_not_disturbed(backend: str) -> None:
    """What it returns and what it raises comes through as it is."""

    async def answer() -> int:
        return 391

    async def fail() -> None:
        raise KeyError("mine")

    assert anyio.run(until_told, answer, pytest.fail, backend=backend) == 391
    with pytest.raises(KeyError, match="mine"):
        anyio.run(until_told, fail, pytest.fail, backend=backend)


def test_outside_of_the_main_thread_nothing_is_handled() -> None:
    """A thread cannot handle signals; the work is done all the same."""
    found: list[str] = []

    async def answer() -> None:
        found.append("done")

    thread = threading.Thread(target=anyio.run, args=(until_told, answer, pytest.fail))
    thread.start()
    thread.join()
    assert found == ["done"]


# Real processes ---------------------------------------------------------------------------------

STUCK = """
import sys, time, anyio
from orchestrator.signals import until_told
async def work():
    print("ready", flush=True)
    if sys.argv[1] == "loop":
        while True: time.sleep(0.01)
    with anyio.CancelScope(shield=True):
        await anyio.sleep(60)
anyio.run(until_told, work, lambda: print("waiting", flush=True), lambda: print("last", flush=True),
          backend=sys.argv[2])
"""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["loop", "shield"])
def test_a_second_signal_ends_the_process_at_once(how: str, backend: str) -> None:
    """Even if the event loop stands still, or the work does not end; the last word is said."""
    with started("-c", STUCK, how, backend) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        if how == "shield":
            assert process.stdout.readline() == "waiting\n"
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        assert process.returncode == 143
        assert process.stdout.read() == "last\n"


CALLING = """\
mechanism: first-price
workers:
  - {type: openai, id: ann, model: tiny, base_url: URL, price: {input: 1, output: 1}}
tasks:
  - {id: one, prompt: p, value: 1, verify: {exact: "4"}}
"""


def test_a_call_in_flight_is_closed(tmp_path: Path) -> None:
    """The server sees the client leave; the command tells how to go on."""
    with OpenAIServer() as server:
        url = server.script("hang", Say(hang=True))
        config, path = tmp_path / "calling.yaml", tmp_path / "run.db"
        config.write_text(CALLING.replace("URL", url), encoding="utf-8")
        with started("-m", "orchestrator", "run", config, "--journal", path) as process:
            while not server.count("hang"):
                assert process.poll() is None, process.communicate()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=10)
        assert server.left.acquire(timeout=5)
    assert (process.returncode, out) == (143, "")
    assert err.endswith(f"interrupted; go on with: truthbid resume {path}\n")
    assert not any(isinstance(event, RunClosed) for event in events_of(path))


VERIFYING = """\
mechanism: first-price
commands: [sleep]
workers:
  - {type: function, id: sums, function: arithmetic, cost: 0.001, confidence: 0.9}
tasks:
  - {id: one, prompt: "What is 2 + 2?", value: 1, verify: {command: [sleep, "61.7"]}}
"""


@pytest.mark.parametrize("times", [1, 2])
def test_programs_of_verifiers_do_not_survive(tmp_path: Path, times: int) -> None:
    """Neither at the first signal nor at the second, which waits for nobody."""
    config, path = tmp_path / "verifying.yaml", tmp_path / "run.db"
    config.write_text(VERIFYING, encoding="utf-8")
    with started("-m", "orchestrator", "run", config, "--journal", path) as process:
        while not sleeping():
            assert process.poll() is None, process.communicate()
        for _ in range(times):
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode == 143
    assert not sleeping()


def sleeping() -> bool:
    """Whether the program of the verifier runs."""
    found = False
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found |= each.read_bytes().endswith(b"sleep\x0061.7\x00")
        except OSError:
            continue
    return found


def started(*arguments: Any) -> "subprocess.Popen[str]":
    """Start a Python process with this code."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
