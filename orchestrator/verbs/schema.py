"""``truthbid schema``: the JSON Schema of workflow files, for editors."""

from typing import Any

import click

from orchestrator.config import RunConfig
from orchestrator.verbs.options import print_json

_FIRST_LINE = "\b\nThe first line:\n  # yaml-language-server: $schema=schema.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of workflow files."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **RunConfig.model_json_schema(mode="validation"),
    }


@click.command("schema", epilog=_FIRST_LINE)
@click.option("--json", is_flag=True, expose_value=False, help="As without: it is data anyway.")
def command() -> None:
    """Print the JSON Schema of workflow files.

    Save it, and an editor completes and checks a workflow whose first line names it.
    """
    print_json(schema())
