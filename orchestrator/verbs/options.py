"""Options and arguments that several verbs share."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from orchestrator.bootstrap import Fleet
from orchestrator.config import RunConfig
from orchestrator.drawing.display import LONGEST_LINE, plain
from orchestrator.memory.journal import JournalError
from orchestrator.recordings import read_calls
from orchestrator.workflow_file import read_workflow
from workers.cassette import ReplayChat
from workers.chat import Chat
from workers.errors import CassetteError
from workers.named_functions import allow_imports

config_argument = click.argument("config", type=click.Path(path_type=Path))
journal_argument = click.argument("journal", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of text.")
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress and no tables.")


def _log(context: click.Context, parameter: click.Parameter, asked: bool) -> bool:
    del parameter
    if asked:
        from orchestrator.observing.run_log import log_to

        context.with_resource(log_to())
    return asked


log_option = click.option(
    "--log-json",
    is_flag=True,
    expose_value=False,
    callback=_log,
    help="Write what happens to standard error, one JSON object a line.",
)


def _allow(context: click.Context, parameter: click.Parameter, modules: tuple[str, ...]) -> None:
    del context, parameter
    allow_imports(modules)


import_option = click.option(
    "--allow-import",
    multiple=True,
    metavar="MODULE",
    expose_value=False,
    callback=_allow,
    help="Let the file name functions of this module as MODULE:FUNCTION; may be given several"
    " times.",
)
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one field of the file for this once; may be given several times.",
)

SET_EXAMPLES: Final = """\b
Any field of any section can be set. PATH is made of keys and of places in
lists, which count from 0; VALUE is YAML:
  --set seed=7 --set budget=0.50
  --set mechanism=first-price              another mechanism, default settings
  --set mechanism.stake=0.02               one of its settings
  --set market.attempts=1
  --set workers.0.strategy=truthful        of the first worker
  --set 'workers.2.skill={code: 0.9}'      a mapping; [a, b] is a list
  --set tasks.3.value=0.10
  --set generate.count=200
  --set records.path=mine.csv
A key with a dot in it is quoted: --set 'generate.kinds."v1.2"=3'
"""


def read(path: Path, overrides: Sequence[str], chat: Chat | None = None) -> tuple[RunConfig, Fleet]:
    """Read a workflow file with its overrides and the variables of the environment.

    With a chat, that answers all model calls in place of the endpoints.
    """
    return read_workflow(path, overrides, os.environ, chat)


def recording(path: Path) -> ReplayChat:
    """Return what answers model calls from a journal or a recording.

    Raises:
        JournalError: If it cannot be read, or holds no calls.
    """
    try:
        return ReplayChat(read_calls(path))
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror}") from error
    except CassetteError as error:
        raise JournalError(str(error)) from error


def say(line: str) -> None:
    """Print a line that may quote what others wrote, without control characters."""
    click.echo(plain(line, LONGEST_LINE))


def print_json(data: Any) -> None:
    """Print data for programs; escaped where the stream could not carry every sign."""
    encoding = str(getattr(sys.stdout, "encoding", None) or "utf-8")  # a closed stream has none
    click.echo(
        json.dumps(
            data, indent=2, ensure_ascii=not encoding.lower().startswith("utf"), allow_nan=False
        )
    )
