"""``truthbid schema``: the JSON Schema of workflow files and of auctions, for editors."""

from typing import Any, Final, cast

import click
from pydantic import TypeAdapter

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.swap import SwapFile
from orchestrator.config import RunConfig
from orchestrator.verbs.options import print_json

_DIALECT: Final = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
_FIRST_LINE = "\b\nThe first line:\n  # yaml-language-server: $schema=schema.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of workflow files, as they are before variables are filled in."""
    return {**_DIALECT, **_with_variables(RunConfig.model_json_schema(mode="validation"))}


def auction_schema() -> dict[str, Any]:
    """Return the JSON Schema of the files that ``truthbid clear`` reads as YAML or JSON."""
    either: TypeAdapter[AuctionFile | SwapFile] = TypeAdapter(AuctionFile | SwapFile)
    return {**_DIALECT, **either.json_schema(mode="validation")}


def _with_variables(schema: Any) -> Any:
    """Let ``${VAR}`` stand wherever a text has to match a pattern."""
    if isinstance(schema, list):
        return [_with_variables(each) for each in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    wider = {key: _with_variables(each) for key, each in cast("dict[str, object]", schema).items()}
    if isinstance(pattern := wider.get("pattern"), str):
        wider["pattern"] = rf"{pattern}|\$\{{"
    return wider


@click.command("schema", epilog=_FIRST_LINE)
@click.option("--auction", is_flag=True, help="Of the files that `truthbid clear` reads.")
@click.option("--json", is_flag=True, expose_value=False, help="As without: it is data anyway.")
def command(auction: bool) -> None:
    """Print the JSON Schema of workflow files.

    Save it, and an editor completes and checks a workflow whose first line names it.
    """
    print_json(auction_schema() if auction else schema())
