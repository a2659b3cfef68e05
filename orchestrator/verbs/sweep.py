"""``truthbid sweep``: one workflow under many settings, and one table that compares them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from orchestrator.errors import InputError, Problem
from orchestrator.exits import DONE, INTERRUPTED, UNSOLVED
from orchestrator.verbs.options import (
    config_argument,
    import_option,
    json_option,
    print_json,
    quiet_option,
    set_option,
)
from orchestrator.verbs.sheets import (
    check_sheets,
    drawing_option,
    jobs_option,
    page_option,
    write_sheets,
)

if TYPE_CHECKING:
    from orchestrator.config import RunConfig
    from orchestrator.sweep.cells import Job
    from orchestrator.sweep.grid import Cell
    from orchestrator.sweep.result import Arm

EXAMPLES: Final = """\b
In the workflow:
  sweep:
    mechanism: [contingent-vcg, vickrey]
    seed: [1, 2, 3]
\b
  truthbid sweep configs/sweep.yaml
  truthbid sweep configs/sweep.yaml --jobs 8 --out runs/a --html a.html
  truthbid sweep configs/sweep.yaml --set generate.count=1000 --out runs/b
"""


@click.command("sweep", epilog=EXAMPLES)
@config_argument
@set_option
@import_option
@jobs_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the journals go; runs/NAME-sweep if left out.",
)
@page_option
@drawing_option
@quiet_option
@json_option
def command(
    config: Path,
    overrides: Sequence[str],
    processes: int,
    out: Path | None,
    page: Path | None,
    drawing: Path | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the workflow file CONFIG under every setting of its section `sweep`.

    The section names paths as --set does, each with a list of values; every combination is a run
    with a journal of its own. What is done is not done again: the same command goes on where it was
    interrupted. Settings that differ in the seed alone are one row of the table.

    Exit codes: 0 done, 1 some goal could not be planned, 2 bad input, 130 interrupted.
    """
    from orchestrator.reports.progress import counting
    from orchestrator.reports.sweep_tables import print_sweep, sweep_sheet
    from orchestrator.reports.tables import console
    from orchestrator.sweep.cells import carry_out

    check_sheets(page, drawing, config)
    name, currency, cells, jobs, folder = _planned(config, overrides, out)
    try:
        with counting("running", len(jobs), quiet=quiet or as_json) as advance:
            failed = carry_out(jobs, processes or os.cpu_count() or 1, advance)
    except KeyboardInterrupt:
        click.echo("interrupted; the same command goes on", err=True)
        return INTERRUPTED
    for reason in failed:
        click.echo(reason, err=True)
    found = _arms(cells, folder)
    write_sheets(page, drawing, lambda: sweep_sheet(found, name, currency))
    if as_json:
        print_json(_as_data(cells, jobs, folder, found, currency))
    elif not quiet:
        print_sweep(console(), found, currency)
        click.echo(f"journals: {folder} ({len(cells)} runs, {len(jobs)} of them now)")
    return UNSOLVED if failed else DONE


def _planned(
    config: Path, overrides: Sequence[str], out: Path | None
) -> tuple[str, str, "list[Cell]", "list[Job]", Path]:
    """Return the cells and what is left to do; everything is checked before anything is run."""
    from orchestrator.sweep.cells import Job, cell_overrides, check, is_done
    from orchestrator.workflow_file import read_workflow

    base, _ = read_workflow(config, overrides, os.environ)
    cells = _cells(config, base)
    folder = out or Path("runs") / f"{base.name}-sweep"
    jobs: list[Job] = []
    for cell in cells:
        settings, place = check(config, overrides, cell)
        journal = folder / cell.file
        done = is_done(journal, settings, place)
        if not done:
            changes = cell_overrides(overrides, cell)
            jobs.append(Job(config, changes, journal, resume=done is not None))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"no place for journals: {error.strerror}"
        raise InputError([Problem(f"--out {folder}", message)]) from error
    return base.name, base.currency, cells, jobs, folder


def _cells(config: Path, base: "RunConfig") -> "list[Cell]":
    from orchestrator.sweep.grid import grid

    if not base.sweep:
        message = "expected a section sweep, such as sweep: {mechanism: [vcg, vickrey]}"
        raise InputError([Problem(str(config), message)])
    try:
        return grid(base.sweep)
    except ValueError as error:
        raise InputError([Problem(f"{config} sweep:", str(error))]) from error


def _arms(cells: "Sequence[Cell]", folder: Path) -> "list[Arm]":
    from orchestrator.memory.record import Record
    from orchestrator.sweep.result import Measured, arms, measure

    found: list[tuple[Cell, Measured]] = []
    for cell in cells:
        with Record(folder / cell.file) as record:
            found.append((cell, measure(record)))
    return arms(found)


def _as_data(
    cells: "Sequence[Cell]",
    jobs: "Sequence[Job]",
    folder: Path,
    found: "Sequence[Arm]",
    currency: str,
) -> dict[str, object]:
    listed = [
        {"journal": str(folder / cell.file), "settings": dict(cell.settings)} for cell in cells
    ]
    rows = [arm.to_data() for arm in found]
    return {"currency": currency, "run_now": len(jobs), "cells": listed, "settings": rows}
