"""``truthbid fork``: a new run from a point of an old one."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from orchestrator.bootstrap import UnusableError, assemble, free_path
from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.drawing.display import money_text, plural
from orchestrator.errors import InputError, Problem
from orchestrator.fork import Point, fork
from orchestrator.planning.wiring import is_wired
from orchestrator.recorded_config import recorded_config
from orchestrator.strict_yaml.loader import load_text
from orchestrator.verbs.options import (
    import_option,
    journal_argument,
    json_option,
    quiet_option,
    set_option,
)
from orchestrator.verbs.running import carry_through, make_room

EXAMPLES: Final = """\b
  truthbid fork run.db --at 120 --set mechanism=first-price
  truthbid fork run.db --at 120 --set budget=5 --journal more.db
  truthbid fork run.db --set 'tasks=[...]'       a closed run goes on with more tasks
"""


@click.command("fork", epilog=EXAMPLES)
@journal_argument
@click.option(
    "--at",
    type=int,
    metavar="SEQ",
    help="The last entry to take over; by default the last before the run was closed.",
)
@set_option
@import_option
@click.option(
    "--journal",
    "target",
    type=click.Path(path_type=Path),
    help="The file of the new run; runs/NAME-NUMBER.db if left out.",
)
@json_option
@quiet_option
def command(
    journal: Path,
    at: int | None,
    overrides: Sequence[str],
    target: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Start a new run from entry SEQ of the run in JOURNAL, with other settings.

    What was done by then is taken over and not paid again; what it has cost counts against the
    budget of the new run. Announcements that were under way end on their old terms; all later ones
    follow the new settings. `truthbid verify` checks the fork against its parent.

    Exit codes: as for `truthbid run`.
    """
    before, folder = recorded_config(journal)
    config = _changed(before, journal, overrides) if overrides else before
    if config.goal != before.goal:
        text = "was changed: what was done is part of another plan; start a run for it"
        raise InputError([Problem("goal", text)])
    try:
        fleet = assemble(config, folder)
    except UnusableError as error:
        raise InputError([Problem("--set" if overrides else str(journal), str(error))]) from error
    path = target or free_path(config.model_copy(update={"journal": None}))
    opening = Coordinator.configured(config, fleet, path, resume=True).opening
    make_room(path)
    planned = config.goal is not None or any(map(is_wired, fleet.tasks))
    fixed = None if planned else fleet.tasks
    point = fork(journal, path, opening, fixed, at)
    if not quiet:
        click.echo(_told(journal, path, point, config.currency), err=True)
    return carry_through(config, fleet, path, as_json=as_json, quiet=quiet, resume=True)


def _changed(config: RunConfig, journal: Path, overrides: Sequence[str]) -> RunConfig:
    """Return the recorded configuration with other values; variables were filled in before."""
    text = json.dumps(config.model_dump(mode="json"), ensure_ascii=False).replace("${", "$${")
    return load_text(text, str(journal), RunConfig, overrides)


def _told(parent: Path, path: Path, point: Point, currency: str) -> str:
    words = (
        f"{path}: goes on from entry {point.seq} of {parent};"
        f" {money_text(point.spent)} {currency} were spent by then"
    )
    if point.under_way:
        calls = plural(point.under_way, "call")
        words += (
            f"; {calls} to workers had no answer yet and will be repeated"
            f" (none was open at --at {point.quiet})"
        )
    return words
