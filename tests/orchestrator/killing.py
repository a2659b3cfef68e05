"""Processes for tests of SIGKILL: forked from one that has everything loaded, so that many can die."""

import os
import signal
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import anyio

from orchestrator.coordinator import Coordinator
from tests.orchestrator.crash_run import LIMITS, SETTINGS, crash_fleet, run_through

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.orchestrator.killing", "orchestrator.recorded_config"])


def real_market(mechanism: str, path: Path, pace: float = 0.004) -> Coordinator:
    """Return the market of the run in `crash_run.py`, on a real disk and by a real clock."""
    return Coordinator(
        crash_fleet(pace),
        journal=path,
        limits=LIMITS,
        seed=5,
        budget=1,
        resume=path.exists(),
        **SETTINGS[mechanism],
    )


def live(mechanism: str, path: str, backend: str) -> None:
    """Begin the run, or go on with it, to its end."""
    market = real_market(mechanism, Path(path))
    anyio.run(partial(run_through, market, mechanism), backend=backend)


def start(target: Callable[..., None], *arguments: str) -> BaseProcess:
    """Start a process."""
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def kill(process: BaseProcess) -> int | None:
    """Kill a process if it still lives; return how it ended."""
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    code = process.exitcode
    process.close()
    return code
