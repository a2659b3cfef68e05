"""What ``run`` and ``resume`` have in common: the run, its progress, and what it came to."""

from pathlib import Path

import anyio
import click

from orchestrator.bootstrap import Fleet
from orchestrator.config import RunConfig
from orchestrator.exits import BUDGET_REACHED, DONE, INTERRUPTED, UNSOLVED
from orchestrator.progress import progress
from orchestrator.record import Record
from orchestrator.summary import Summary
from orchestrator.verbs.options import print_json
from orchestrator.verbs.showing import as_data, show
from orchestrator.workflow import open_market, work


def carry_through(
    config: RunConfig,
    fleet: Fleet,
    journal: Path,
    *,
    as_json: bool,
    quiet: bool,
    resume: bool = False,
) -> int:
    """Run a workflow to its end, show what it came to, and return the exit code."""
    market = open_market(config, fleet, journal, resume=resume)
    summary = Summary()
    try:
        with progress(len(fleet.tasks), market.ledger, config.currency, quiet=quiet) as listener:
            anyio.run(work, market, fleet, [summary.note, listener])
    except KeyboardInterrupt:
        click.echo(f"interrupted; go on with: truthbid resume {journal}", err=True)
        return INTERRUPTED
    with Record(journal) as record:
        if as_json:
            print_json(as_data(record, fleet))
        elif not quiet:
            show(record, fleet)
    return _exit_code(summary)


def _exit_code(summary: Summary) -> int:
    states = summary.states
    if states["unfunded"]:
        return BUDGET_REACHED
    return DONE if states["solved"] == sum(states.values()) else UNSOLVED
