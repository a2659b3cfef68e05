"""The command line: a table of verbs, each loaded when it is used, and what errors look like."""

import errno
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Final, NoReturn

import click

from orchestrator.exits import BAD_INPUT, DONE, INTERRUPTED, MISMATCH

SECTIONS: Final = {
    "Run": {
        "init": "Write a commented workflow to start from.",
        "run": "Run a workflow: tasks in, answers and honest payments out.",
        "plan": "Show what a goal is broken down into, before it is run.",
        "resume": "Go on with a run that was interrupted.",
        "fork": "Go on from any point of a run, paying for nothing twice.",
        "approve": "Accept or reject an answer that waits for a person.",
        "sweep": "Compare a workflow under many settings in one table.",
    },
    "Understand a run": {
        "report": "Show what a journal tells, as tables or as one HTML page.",
        "audit": "Find out who gains by lying, under which mechanism.",
        "replay": "Derive every decision again; or let another rule decide.",
        "compare": "Compare two journals, task by task.",
        "screen": "Look for what honest workers would hardly do.",
        "verify": "Check a journal: hashes, books, one settlement per award.",
        "export": "Write a journal as tables, or as reward traces for training.",
        "export-config": "Give back the workflow of a journal.",
    },
    "On files of your own": {
        "clear": "Clear an auction in a file: winners, contracts, and why.",
        "score": "Score the reports of any log against what came true.",
        "peer": "Score labels by those of peers, where nobody knows the truth.",
        "bench": "Compare the market with its rivals on real outcomes.",
    },
    "Check and set up": {
        "validate": "Check a workflow file without running it.",
        "schema": "Print the JSON Schema of workflow files.",
        "doctor": "Check that this machine and its endpoints are fit to run.",
    },
}
"""Every verb with its one-line help, by what it is for; ``--help`` imports none of them."""

VERBS: Final = {verb: line for section in SECTIONS.values() for verb, line in section.items()}
"""Every verb and its one-line help."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class LazyGroup(click.Group):
    """A group whose commands are modules of ``orchestrator.verbs``, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in VERBS:
            from orchestrator.strict_yaml.explanation import hint

            ctx.fail(f"there is no verb {cmd_name!r}{hint(cmd_name, list(VERBS))}")
        module = cmd_name.replace("-", "_")
        command: click.Command = import_module(f"orchestrator.verbs.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, in columns that line up over all sections."""
        del ctx
        width = max(map(len, VERBS))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(verb.ljust(width), line) for verb, line in verbs.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    options_metavar="",
    subcommand_metavar="VERB ...",
    epilog="A first run: truthbid init, then truthbid run truthbid.yaml. `truthbid VERB --help`"
    " says more.",
)
@click.version_option(package_name="truthbid", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Auctions among LLM agents in which the truth about cost and confidence pays best."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> NoReturn:
    """Run the command line; what a user did wrong is one line per mistake, never a traceback."""
    _allow_any_terminal()
    try:
        code = cli.main(prog_name="truthbid", standalone_mode=False)
    except click.ClickException as error:
        _complain(_one_line(error))
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # whoever read it has seen enough
        code = DONE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _drop_output()
            code = BAD_INPUT
        elif (code := _code_of(error)) is None:
            raise
        _complain(str(error))
    sys.exit(code if isinstance(code, int) else DONE)


def _one_line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return message
    command = error.ctx.command_path
    return f"{command}: {message[:1].lower()}{message[1:]} (see {command} --help)"


def _code_of(error: Exception) -> int | None:
    """Return the exit code if truthbid is not to blame; imported late to keep the start fast."""
    from orchestrator.errors import ConfigError
    from orchestrator.memory.chronicle import DivergenceError
    from orchestrator.memory.journal import JournalError
    from protocols.errors import MechanismError

    if isinstance(error, DivergenceError):
        return MISMATCH
    return BAD_INPUT if isinstance(error, ConfigError | JournalError | MechanismError) else None


def _complain(text: str) -> None:
    """Say what is wrong; the lines may quote what others wrote, and their terminal must not obey it."""
    from orchestrator.drawing.display import LONGEST_LINE, plain

    for line in text.split("\n"):
        click.echo(plain(line, LONGEST_LINE), err=True)


def _allow_any_terminal() -> None:
    """Show a question mark where a terminal does not know a sign, rather than fail there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Let the interpreter flush into nothing at its exit, instead of failing there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
