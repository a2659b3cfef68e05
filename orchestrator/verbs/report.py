"""``truthbid report``: what a journal tells."""

from pathlib import Path

import click

from orchestrator.bootstrap import Fleet, assemble
from orchestrator.errors import ConfigError, InputError, Problem, unwritable
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.recorded_config import recorded_config
from orchestrator.reports.progress import waiting
from orchestrator.reports.report import write_report
from orchestrator.verbs.auditing import audited
from orchestrator.verbs.options import import_option, journal_argument, json_option, print_json
from orchestrator.verbs.showing import as_data, compared, examine, show


@click.command("report")
@journal_argument
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write one HTML page that needs nothing else; replaces an older one.",
)
@click.option(
    "--audit",
    "auditing",
    is_flag=True,
    help="Add to the page who would gain by lying: takes longer.",
)
@import_option
@json_option
def command(journal: Path, page: Path | None, auditing: bool, as_json: bool) -> None:
    """Show what JOURNAL tells: who did what for how much, and whose word can be relied on.

    What other rules would have brought is shown for the workers that can be asked again:
    recordings, simulations and functions. The run may still be going on.
    """
    if auditing and page is None:
        raise InputError([Problem("--audit", "adds to the page: give --html FILE, too")])
    with Record(journal) as record:
        fleet = _fleet(journal)
        if page is not None:
            _write(record, page, fleet, auditing=auditing)
            click.echo(f"wrote {page}", err=True)
        if as_json:
            print_json(as_data(examine(record, fleet)))
        elif page is None:
            show(examine(record, fleet))


def _fleet(journal: Path) -> Fleet | None:
    """Return the workers and tasks of the run, made anew, where that is possible."""
    try:
        return assemble(*recorded_config(journal))
    except (ConfigError, JournalError) as error:
        click.echo(f"other rules are not compared: {error}", err=True)
        return None


def _write(record: Record, page: Path, fleet: Fleet | None, *, auditing: bool) -> None:
    if page.exists() and page.samefile(record.path):
        raise InputError([Problem(f"--html {page}", "is the journal itself; name another file")])
    found = None
    if auditing:
        with waiting("auditing the mechanism", quiet=False):
            found = audited(record.path)
    try:
        write_report(record, page, compared(record, fleet), audit=found)
    except OSError as error:
        raise unwritable(f"--html {page}", error) from error
