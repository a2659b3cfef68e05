"""``truthbid replay``: derive every decision of a journal again and compare."""

from pathlib import Path

import click

from orchestrator.exits import DONE, MISMATCH
from orchestrator.replay import replay
from orchestrator.verbs.options import journal_argument, json_option, print_json


@click.command("replay")
@journal_argument
@json_option
def command(journal: Path, as_json: bool) -> int:
    """Derive every award, contract, score and settlement of JOURNAL again, calling no worker.

    Bids, answers and verdicts are the inputs; everything else is computed anew and compared. Exit
    code 4 if anything differs.
    """
    found = replay(journal)
    if as_json:
        print_json({**found._asdict(), "identical": found.identical})
    elif found.identical:
        state = "" if found.finished else " (the run is unfinished; `truthbid resume` goes on)"
        click.echo(f"identical: {found.compared} of {found.events} events{state}")
    else:
        click.echo("not identical:")
        for difference in found.differences:
            click.echo(f"  {difference}")
    return DONE if found.identical else MISMATCH
