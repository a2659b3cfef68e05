"""``truthbid resume``: go on with a run that was interrupted."""

from pathlib import Path

import click

from orchestrator.bootstrap import assemble
from orchestrator.recorded_config import recorded_config
from orchestrator.verbs.options import (
    import_option,
    journal_argument,
    json_option,
    log_option,
    quiet_option,
)
from orchestrator.verbs.running import carry_through


@click.command("resume")
@journal_argument
@import_option
@json_option
@quiet_option
@log_option
def command(journal: Path, as_json: bool, quiet: bool) -> int:
    """Go on with the interrupted run in JOURNAL, from its last event.

    Nothing is awarded or paid twice. A call whose answer was lost is made again, unless the setting
    `market.lost_calls` says otherwise; what the lost one may have cost is booked as a reserve.

    Exit codes: as for `truthbid run`.
    """
    settings, folder = recorded_config(journal)
    fleet = assemble(settings, folder)
    return carry_through(settings, fleet, journal, as_json=as_json, quiet=quiet, resume=True)
