"""``truthbid init``: a commented workflow to start from."""

from importlib.resources import files
from pathlib import Path

import click

from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.verbs.options import json_option, print_json


@click.command("init")
@click.argument("target", type=click.Path(path_type=Path), default=Path("truthbid.yaml"))
@json_option
def command(target: Path, as_json: bool) -> None:
    """Write a commented workflow to TARGET; it runs as it is.

    TARGET is truthbid.yaml if left out. A file that exists already is left alone.
    """
    text = files("orchestrator").joinpath("templates/starter.yaml").read_text(encoding="utf-8")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError([Problem(str(target), "exists already; name another file")]) from None
    except OSError as error:
        raise unwritable(str(target), error) from error
    if as_json:
        print_json({"written": str(target)})
    else:
        click.echo(f"wrote {target}; try: truthbid run {target}")
