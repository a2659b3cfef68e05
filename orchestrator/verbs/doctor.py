"""``truthbid doctor``: whether this machine, and a workflow's endpoints, are fit for a run."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from orchestrator.config import RunConfig
from orchestrator.exits import BAD_INPUT, DONE
from orchestrator.health import Finding, endpoints, machine
from orchestrator.strict_yaml.loader import load
from orchestrator.strict_yaml.variables import Variables
from orchestrator.verbs.options import json_option, print_json, set_option

SIGNS: Final = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}
COLOURS: Final = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command("doctor")
@click.argument("config", type=click.Path(path_type=Path), required=False)
@set_option
@json_option
def command(config: Path | None, overrides: Sequence[str], as_json: bool) -> int:
    """Check Python, SQLite, disk and clock, and for a workflow file CONFIG its keys and endpoints.

    A connection to each endpoint is opened and closed; nothing is asked, so nothing is billed. Keys
    are looked for, never shown.

    Exit codes: 0 fit for a run, 2 something would fail.
    """
    found = [*machine(Path("runs"), os.environ, _now())]
    if config is not None:
        settings = load(config, RunConfig, overrides, Variables(os.environ))
        found += endpoints(settings, os.environ)
    if as_json:
        print_json({"findings": [each._asdict() for each in found]})
    else:
        _show(found)
    return BAD_INPUT if any(each.verdict == "problem" for each in found) else DONE


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock itself is what is checked


def _show(found: Sequence[Finding]) -> None:
    for each in found:
        sign = click.style(SIGNS[each.verdict], fg=COLOURS[each.verdict])
        click.echo(f"{sign}  {each.about}: {each.text}")
