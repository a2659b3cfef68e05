"""``truthbid init``: a commented workflow to start from."""

from importlib.resources import files
from pathlib import Path

import click

from orchestrator.errors import InputError, Problem


@click.command("init")
@click.argument("target", type=click.Path(path_type=Path), default=Path("truthbid.yaml"))
def command(target: Path) -> None:
    """Write a commented workflow to TARGET (truthbid.yaml if left out); it runs as it is."""
    if target.exists():
        raise InputError([Problem(str(target), "exists already; name another file")])
    text = files("orchestrator").joinpath("templates/starter.yaml").read_text(encoding="utf-8")
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem(str(target), error.strerror or str(error))]) from error
    click.echo(f"wrote {target}; try: truthbid run {target}")
