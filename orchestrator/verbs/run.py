"""``truthbid run``: tasks in, answers and honest payments out."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.bootstrap import assemble, free_path
from orchestrator.verbs.options import config_argument, json_option, load_config, set_option
from orchestrator.verbs.running import carry_through


@click.command("run")
@config_argument
@set_option
@json_option
@click.option("--journal", type=click.Path(path_type=Path), help="The file that records the run.")
@click.option("--quiet", is_flag=True, help="Show no progress and no summary.")
def command(
    config: Path, overrides: Sequence[str], as_json: bool, journal: Path | None, quiet: bool
) -> int:
    """Run the workflow file CONFIG and show who did what for how much, and whom to believe.

    Exit codes: 0 all tasks solved, 1 some were not, 2 bad input, 3 the budget was reached,
    130 interrupted (`truthbid resume` goes on).
    """
    settings = load_config(config, overrides)
    fleet = assemble(settings, config.parent)
    path = journal or free_path(settings)
    return carry_through(settings, fleet, path, as_json=as_json, quiet=quiet)
