"""``truthbid schema``: the JSON Schema of workflow files, for editors."""

import click

from orchestrator.config import RunConfig
from orchestrator.verbs.options import print_json


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of workflow files.

    Editors use it when the first line of a file names it:
    # yaml-language-server: $schema=PATH-TO-SCHEMA
    """
    print_json(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **RunConfig.model_json_schema(mode="validation"),
        }
    )
