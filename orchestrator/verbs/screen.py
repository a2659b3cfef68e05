"""``truthbid screen``: who looks as if the numbers were not honest, and how sure that is."""

from pathlib import Path

import click

from orchestrator.exits import DONE, UNSOLVED
from orchestrator.memory.record import Record
from orchestrator.reports.suspicions import looked, suspicions
from orchestrator.screening.screens import LEVEL, screen
from orchestrator.verbs.options import journal_argument, json_option, print_json, say


@click.command("screen")
@journal_argument
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=LEVEL,
    show_default=True,
    help="The chance of any false finding, if all workers are honest.",
)
@json_option
def command(journal: Path, level: float, as_json: bool) -> int:
    """Look through JOURNAL for what would be unlikely among honest workers.

    Stated costs above metered ones, bids just below the reserve, grades just above the threshold,
    bids that move together, answers that are the same too often. A finding is a reason to look.

    Exit codes: 0 nothing was found, 1 something was, 2 the journal cannot be read.
    """
    with Record(journal) as record:
        found = screen(record, level)
    if as_json:
        print_json({"journal": str(journal), **found.to_data()})
    else:
        for sentence in suspicions(found):
            say(sentence)
        if not found.found and any(found.tests.values()):
            click.echo("Nothing was found.")
        click.echo(looked(found))
    return UNSOLVED if found.found else DONE
