"""Options and arguments that several verbs share."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from orchestrator.config import RunConfig
from orchestrator.loader import load

config_argument = click.argument("config", type=click.Path(path_type=Path))
journal_argument = click.argument("journal", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of tables.")
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override one field, such as mechanism.stake=0.02 or tasks.0.value=1; may be repeated.",
)


def load_config(path: Path, overrides: Sequence[str]) -> RunConfig:
    """Read a workflow file with its overrides and the variables of the environment."""
    return load(path, RunConfig, overrides, os.environ)


def print_json(data: Any) -> None:
    """Print data for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
