"""Processes that are really killed or interrupted, and the commands that go on."""

import signal
import subprocess
import sys
from pathlib import Path

from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from protocols.events import Allocated, RunClosed, Started, TaskEnded
from tests.orchestrator.journals import write
from tests.orchestrator.markets import events_of, finished

WORKFLOW = """\
name: crash
seed: 11
budget: 1
mechanism: {name: contingent-vcg, stake: 0.01}
market: {batch: 4, announcements: 2, attempts: 3}
generate: {count: 40, kinds: {code: 1, prose: 2}, value: 0.05, spread: 0.5}
workers:
  - {type: simulated, id: ada, skill: 0.7, cost: 0.002, cost_spread: 0.4, latency: LATENCY}
  - {type: simulated, id: bob, skill: 0.8, cost: 0.004, failure_rate: 0.2}
  - {type: simulated, id: eve, skill: 0.5, cost: 0.003, payable: true, latency: LATENCY, seats: 2}
"""


def shell(*arguments: object) -> "subprocess.Popen[str]":
    """Start a Python module, such as the command line, in the repository."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Wait for a process and return its exit code, standard output and standard error."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def run(*arguments: object) -> int:
    """Run the command line and return its exit code; it must not complain."""
    code, _, err = ended(shell("orchestrator", *arguments))
    assert not err
    return code


def workflow(folder: Path, latency: float) -> Path:
    """Write the workflow with this latency."""
    path = folder / "crash.yaml"
    path.write_text(WORKFLOW.replace("LATENCY", str(latency)), encoding="utf-8")
    return path


def test_a_killed_process_leaves_a_journal_that_the_command_finishes(tmp_path: Path) -> None:
    """SIGKILL at several events, once more while resuming; the real command does the rest."""
    config = workflow(tmp_path, 0.001)
    whole = tmp_path / "whole.db"
    assert run("run", config, "--journal", whole, "--quiet") in {0, 1}
    expected = events_of(whole)
    deaths = [40, len(expected) // 2, len(expected) - 2]
    paths = [tmp_path / f"killed-{last}.db" for last in deaths]

    killed = [
        shell("tests.orchestrator.crashing", config, path, last)
        for last, path in zip(deaths, paths, strict=True)
    ]
    assert [ended(process)[0] for process in killed] == [-signal.SIGKILL] * 3
    for last, path in zip(deaths, paths, strict=True):
        assert len(events_of(path)) <= last
        replayed = replay(path)
        assert replayed.differences == ()

    resumed = [shell("orchestrator", "resume", path, "--quiet") for path in paths]
    assert {ended(process)[0] for process in resumed} <= {0, 1}
    for path in paths:
        assert finished(events_of(path)) == finished(expected)
        assert replay(path).identical


def test_a_keyboard_interrupt_ends_the_command_and_leaves_a_run_that_goes_on(
    tmp_path: Path,
) -> None:
    """Within two seconds, with exit code 130, and a message that names the command to go on with."""
    config, path = workflow(tmp_path, 0.05), tmp_path / "run.db"
    process = shell("orchestrator", "run", config, "--journal", path)
    until_it_works(path)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=2)

    assert process.returncode == 130
    assert (out, err) == ("", f"interrupted; go on with: truthbid resume {path}\n")
    interrupted = events_of(path)
    assert not any(isinstance(event, RunClosed) for event in interrupted)

    assert run("resume", path, "--json") in {0, 1}
    events = events_of(path)
    assert events[: len(interrupted)] == interrupted
    assert len({event.task for event in events if isinstance(event, TaskEnded)}) == 40
    assert run("replay", path) == 0
    assert ended(shell("orchestrator", "resume", path)) == (
        2,
        "",
        f"{path}: the run is closed; there is nothing to resume\n",
    )


def until_it_works(path: Path) -> None:
    """Return when a run in another process has started some work, as its journal shows."""
    while True:
        if path.exists():
            try:
                with Record(path) as record:
                    if sum(1 for _ in record.of(Started)) > 3:
                        return
            except JournalError:  # it is being made
                continue


def test_a_decision_that_no_longer_follows_is_told_with_exit_code_4(tmp_path: Path) -> None:
    """A journal whose past was changed cannot be resumed: one line says what differs."""
    config, path = workflow(tmp_path, 0.0), tmp_path / "run.db"
    assert run("run", config, "--journal", path, "--quiet") in {0, 1}
    events = events_of(path)[:-20]
    place = next(place for place, event in enumerate(events) if isinstance(event, Allocated))
    decided = events[place]
    assert isinstance(decided, Allocated)
    changed = decided.allocation.model_copy(update={"welfare": decided.allocation.welfare + 1})
    events[place] = decided.model_copy(update={"allocation": changed})

    code, _, err = ended(shell("orchestrator", "resume", write(tmp_path / "changed.db", events)))

    assert code == 4
    assert err.startswith("allocated a1: allocation.welfare is ")
    assert err.count("\n") == 1
