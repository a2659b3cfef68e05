"""``truthbid export-config``: the workflow of a journal, as a file that can be run."""

from pathlib import Path

import click

from orchestrator.config import RunConfig
from orchestrator.confinement import ALLOWING, strays
from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.exports.workflow_yaml import workflow_data, workflow_yaml
from orchestrator.recorded_config import recorded_config
from orchestrator.verbs.options import journal_argument, json_option, print_json

EXAMPLES = """\b
  truthbid export-config run.db
  truthbid export-config run.db -o again.yaml && truthbid run again.yaml
"""


@click.command("export-config", epilog=EXAMPLES)
@journal_argument
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a new file instead of printing; its paths start where it lies.",
)
@json_option
def command(journal: Path, target: Path | None, as_json: bool) -> None:
    """Give back the workflow that JOURNAL is a run of, with what --set changed, as YAML.

    Variables have the values that they had then; keys are never in a workflow. A run that a program
    opened has no workflow.

    Exit codes: 0 done, 2 bad input.
    """
    config, folder = recorded_config(journal)
    if as_json and target is None:
        print_json(workflow_data(config, folder, Path()))
        return
    place = Path() if target is None else target.parent
    text = workflow_yaml(config, folder, place)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError([Problem(f"-o {target}", "exists already; name another file")]) from None
    except OSError as error:
        raise unwritable(f"-o {target}", error) from error
    click.echo(f"wrote {target}", err=True)
    outside = strays(RunConfig.model_validate(workflow_data(config, folder, place)), place)
    for named in outside:
        click.echo(f"{named.path} lies outside of its folder: run it with {ALLOWING}", err=True)
