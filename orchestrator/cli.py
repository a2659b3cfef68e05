"""The command line: a table of verbs, each loaded when it is used, and what errors look like."""

import sys
from importlib import import_module
from typing import Final, NoReturn

import click

from orchestrator.exits import BAD_INPUT, INTERRUPTED

VERBS: Final = {
    "run": "Run a workflow: tasks in, answers and honest payments out.",
    "resume": "Go on with a run that was interrupted.",
    "replay": "Derive every decision of a journal again and compare.",
    "report": "Show what a journal tells, as tables or as one HTML page.",
    "verify": "Check a journal: hashes, books, one settlement per award.",
    "validate": "Check a workflow file without running it.",
    "schema": "Print the JSON Schema of workflow files.",
    "init": "Write a commented workflow to start from.",
}
"""Every verb and its one-line help, so that ``--help`` imports none of them."""


class LazyGroup(click.Group):
    """A group whose commands are modules of ``orchestrator.verbs``, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"orchestrator.verbs.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="truthbid", message="%(prog)s %(version)s")
def cli() -> None:
    """Auctions among LLM agents in which the truth about cost and confidence pays best."""


def main() -> NoReturn:
    """Run the command line; what a user did wrong is one line per mistake, never a traceback."""
    try:
        code = cli.main(prog_name="truthbid", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        code = 0
    except Exception as error:
        if not _is_input_error(error):
            raise
        _complain(str(error))
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else 0)


def _is_input_error(error: Exception) -> bool:
    """Whether the user, and not truthbid, is to blame; imported late to keep the start fast."""
    from orchestrator.errors import ConfigError
    from orchestrator.journal import JournalError
    from protocols.errors import MechanismError

    return isinstance(error, ConfigError | JournalError | MechanismError)


def _complain(text: str) -> None:
    click.echo(text, err=True)
