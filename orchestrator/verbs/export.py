"""``truthbid export``: a journal as tables for analysis, or as reward traces for training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from orchestrator.drawing.display import plural
from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.exports.catalog import TABLES
from orchestrator.exports.sinks import SINKS
from orchestrator.exports.traces import TRACES
from orchestrator.exports.writing import write_tables, write_traces
from orchestrator.memory.record import Record
from orchestrator.strict_yaml.explanation import hint
from orchestrator.verbs.options import journal_argument, json_option, print_json

RL: Final = "rl"
LEGEND: Final = "columns.csv"

EXAMPLES: Final = """\b
  truthbid export run.db --to tables                       all tables as CSV
  truthbid export run.db --to bids.jsonl --table bids      one of them as JSON lines
  truthbid export run.db --to tables --format parquet      needs pyarrow
  truthbid export run.db --to traces --format rl           bids.jsonl and work.jsonl, for TRL
"""


@click.command("export", epilog=EXAMPLES)
@journal_argument
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE",
    help="Where to: a folder, or for one table a file; older files are replaced.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*SINKS, RL]),
    help="How; if left out, what the suffix of a file says, else csv.",
)
@click.option(
    "--table",
    "names",
    multiple=True,
    metavar="NAME",
    help=f"Only this one; may be given several times. Tables: {', '.join(TABLES)}."
    f" Traces: {', '.join(TRACES)}.",
)
@json_option
def command(
    journal: Path, target: Path, form: str | None, names: tuple[str, ...], as_json: bool
) -> None:
    """Write what JOURNAL holds as tidy tables: one row for each fact, in the order of the journal.

    Money is in whole nano-units (10^-9 of the currency). A folder gets columns.csv too, which says
    what each column means. The run may still be going on.

    Exit codes: 0 done, 2 bad input; nothing is written then.
    """
    suffix = target.suffix.removeprefix(".")
    single = suffix in SINKS and not target.is_dir()
    form = form or (suffix if single else "csv")
    known: Sequence[str] = list(TRACES if form == RL else TABLES)
    _check(names, known, target, form, single=single)
    chosen = list(dict.fromkeys(names)) or list(known)
    ending = "jsonl" if form == RL else form
    places = {name: target if single else target / f"{name}.{ending}" for name in chosen}
    with Record(journal) as record:
        _keep_apart(journal, places)
        try:
            if form == RL:
                written = write_traces(record, places)
            else:
                legend = None if single else target / LEGEND
                tables = {path: TABLES[name] for name, path in places.items()}
                written = write_tables(record, tables, form, legend)
        except OSError as error:
            raise unwritable(f"--to {target}", error) from error
    if as_json:
        files = {name: {"file": str(places[name]), "rows": rows} for name, rows in written.items()}
        print_json(files)
    else:
        for name, rows in written.items():
            click.echo(f"{places[name]}: {plural(rows, 'row')}")


def _check(
    names: Sequence[str], known: Sequence[str], target: Path, form: str, *, single: bool
) -> None:
    for name in names:
        if name not in known:
            message = f"there is no table {name!r} in {form}{hint(name, list(known))}"
            raise InputError([Problem("--table", message)])
    if single and len(set(names)) != 1:
        message = f"a file holds one table: say which one with --table ({', '.join(known)})"
        raise InputError([Problem(f"--to {target}", message)])
    expected = ".jsonl" if form == RL else f".{form}"
    if single and target.suffix != expected:
        message = f"expected a folder or a name that ends in {expected}"
        raise InputError([Problem(f"--to {target}", message)])
    if not single and target.is_file():
        raise InputError([Problem(f"--to {target}", "is a file; name a folder")])


def _keep_apart(journal: Path, places: Mapping[str, Path]) -> None:
    for place in places.values():
        if place.exists() and place.samefile(journal):
            raise InputError([Problem(f"--to {place}", "is the journal itself")])
