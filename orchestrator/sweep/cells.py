"""Carries out the cells of a sweep, over several processes, and only those that are not done."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import anyio

from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.errors import InputError, Problem
from orchestrator.memory.record import Record
from orchestrator.planning.errors import PlanningError
from orchestrator.recorded_config import recorded_config
from orchestrator.sweep.grid import Cell
from orchestrator.workflow import work
from orchestrator.workflow_file import read_workflow
from protocols.events import RunClosed


class Job(NamedTuple):
    """A cell as another process can be sent it.

    Attributes:
        config: The workflow file.
        overrides: What is changed in it, in order.
        journal: Where the run is recorded.
        resume: Whether the journal holds its beginning.
    """

    config: Path
    overrides: tuple[str, ...]
    journal: Path
    resume: bool = False


def check(config: Path, overrides: Sequence[str], cell: Cell) -> tuple[RunConfig, Path]:
    """Return the configuration of a cell, and the folder of its paths; nothing is run.

    Raises:
        InputError: If it cannot be used; says which setting of the sweep is wrong.
    """
    try:
        settings, fleet = read_workflow(
            config, cell_overrides(overrides, cell), os.environ, typed=len(overrides)
        )
    except InputError as error:
        raise InputError(
            Problem(each.where.replace("--set ", f"{config} sweep: ", 1), each.message)
            for each in error.problems
        ) from error
    return settings, fleet.folder


def cell_overrides(overrides: Sequence[str], cell: Cell) -> tuple[str, ...]:
    """Return everything that is changed in the file for a cell; its run has no sweep itself."""
    return (*overrides, *cell.overrides, "sweep={}")


def is_done(journal: Path, config: RunConfig, folder: Path) -> bool | None:
    """Tell whether a journal holds the whole run of a cell; ``None`` if there is no journal.

    Raises:
        InputError: If it holds the run of something else.
        JournalError: If it is damaged.
    """
    if not journal.exists():
        return None
    recorded, place = recorded_config(journal)
    if recorded != config or place.resolve() != folder.resolve():
        message = "holds a run with other settings; name another folder with --out"
        raise InputError([Problem(str(journal), message)])
    with Record(journal) as record:
        return isinstance(record.get("run-closed"), RunClosed)


def carry_out(
    jobs: Sequence[Job], processes: int, progress: Callable[[], Any] = lambda: None
) -> list[str]:
    """Run cells, several at the same time; what was done before an interruption stays.

    Args:
        jobs: The cells that are not done.
        processes: How many run at the same time.
        progress: Called after each.

    Returns:
        Why cells could not come to their end: those whose goal could not be planned.
    """
    failed: list[str] = []
    for reason in _ended(jobs, processes):
        failed += [reason] if reason else []
        progress()
    return failed


def _ended(jobs: Sequence[Job], processes: int) -> Iterator[str]:
    if processes <= 1 or len(jobs) <= 1:
        yield from map(run_cell, jobs)
        return
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(min(processes, len(jobs)), get_context("spawn"))
        stack.callback(pool.shutdown, cancel_futures=True)
        for future in as_completed([pool.submit(run_cell, job) for job in jobs]):
            yield future.result()


def run_cell(job: Job) -> str:
    """Run one cell to its end; return why there is none, or nothing."""
    config, fleet = read_workflow(job.config, job.overrides, os.environ)
    market = Coordinator.configured(config, fleet, job.journal, resume=job.resume)
    try:
        anyio.run(work, market, fleet, ())
    except PlanningError as error:
        return f"{job.journal}: {error}"
    return ""
