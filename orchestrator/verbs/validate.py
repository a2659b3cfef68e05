"""``truthbid validate``: check a workflow file without running it."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.coordinator import Coordinator
from orchestrator.verbs.options import (
    SET_EXAMPLES,
    config_argument,
    import_option,
    json_option,
    print_json,
    read,
    set_option,
)


@click.command("validate", epilog=SET_EXAMPLES)
@config_argument
@set_option
@import_option
@json_option
def command(config: Path, overrides: Sequence[str], as_json: bool) -> None:
    """Check the workflow file CONFIG and all that it names; nothing is run or written.

    Exit codes: 0 it can be run, 2 it cannot; every mistake is one line with its place.
    """
    settings, fleet = read(config, overrides)
    Coordinator.configured(settings, fleet, None)
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
