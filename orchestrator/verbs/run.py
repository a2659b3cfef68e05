"""``truthbid run``: tasks in, answers and honest payments out."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.bootstrap import free_path
from orchestrator.verbs.options import (
    SET_EXAMPLES,
    config_argument,
    import_option,
    json_option,
    log_option,
    quiet_option,
    read,
    recording,
    set_option,
)
from orchestrator.verbs.running import carry_through


@click.command("run", epilog=SET_EXAMPLES)
@config_argument
@set_option
@import_option
@json_option
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    help="The file that records the run; runs/NAME-NUMBER.db if left out.",
)
@click.option(
    "--replay",
    "recorded",
    type=click.Path(path_type=Path),
    metavar="JOURNAL",
    help="Take every model call from the journal of an earlier run: offline, without a key.",
)
@quiet_option
@log_option
def command(
    config: Path,
    overrides: Sequence[str],
    as_json: bool,
    journal: Path | None,
    recorded: Path | None,
    quiet: bool,
) -> int:
    """Run the workflow file CONFIG.

    Every task is announced, awarded, done, verified and paid; at the end tables show who did what
    for how much, and whose word can be relied on. The journal records it all.

    With --replay the same workflow runs again without a network. A call that the recording does not
    hold ends the run; it is never made.

    Exit codes: 0 all tasks solved, 1 some were not, 2 bad input, 3 the budget was reached, 4 a call
    is not in the recording, 5 a person has to decide about a worker on hold, 130 interrupted by
    Ctrl-C, 143 by SIGTERM (`truthbid resume` goes on, as it does after 5).
    """
    player = recording(recorded) if recorded is not None else None
    settings, fleet = read(config, overrides, player)
    path = journal or free_path(settings)
    return carry_through(settings, fleet, path, as_json=as_json, quiet=quiet, player=player)
