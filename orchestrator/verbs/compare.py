"""``truthbid compare``: two journals, task by task."""

from pathlib import Path

import click

from orchestrator.errors import InputError, Problem
from orchestrator.evaluation.decided import opening
from orchestrator.evaluation.pairing import compare_runs
from orchestrator.memory.record import Record
from orchestrator.reports.comparison_tables import print_comparison
from orchestrator.reports.tables import console
from orchestrator.verbs.options import json_option, print_json


@click.command("compare")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, help="Of the bootstrap.")
@json_option
def command(first: Path, second: Path, seed: int, as_json: bool) -> None:
    """Compare the runs in the journals FIRST and SECOND.

    Over the tasks that both had, what the second brought more or less than the first, with a
    paired standard error; over other tasks unpaired; and the settings in which they differ.
    """
    with Record(first) as one, Record(second) as other:
        currency = opening(one).currency
        if opening(other).currency != currency:
            text = f"is in {opening(other).currency}, {first} in {currency}"
            raise InputError([Problem(str(second), text)])
        found = compare_runs(one, other, seed=seed)
    if as_json:
        about = {"first": str(first), "second": str(second), "currency": currency}
        print_json({**about, **found.to_data()})
    else:
        print_comparison(console(), found, (str(first), str(second)), currency)
