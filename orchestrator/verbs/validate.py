"""``truthbid validate``: check a workflow file without running it."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.bootstrap import assemble, coordinator
from orchestrator.verbs.options import (
    config_argument,
    json_option,
    load_config,
    print_json,
    set_option,
)


@click.command("validate")
@config_argument
@set_option
@json_option
def command(config: Path, overrides: Sequence[str], as_json: bool) -> None:
    """Check the workflow file CONFIG and all that it names; nothing is run or written."""
    settings = load_config(config, overrides)
    fleet = assemble(settings, config.parent)
    coordinator(settings, fleet, None)
    facts = {
        "name": settings.name,
        "workers": len(fleet.workers),
        "tasks": len(fleet.tasks),
        "mechanism": settings.mechanism.name,
    }
    if as_json:
        print_json({"valid": True, **facts})
    else:
        click.echo(
            f"{config}: valid: {facts['tasks']} tasks, {facts['workers']} workers,"
            f" mechanism {facts['mechanism']}"
        )
