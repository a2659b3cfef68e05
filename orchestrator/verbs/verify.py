"""``truthbid verify``: check a journal without trusting it."""

from pathlib import Path

import click

from orchestrator.drawing.display import plural
from orchestrator.exits import DONE, MISMATCH
from orchestrator.memory.record import Record
from orchestrator.verbs.options import journal_argument, json_option, print_json, say
from orchestrator.verification import verify


@click.command("verify")
@journal_argument
@json_option
def command(journal: Path, as_json: bool) -> int:
    """Check JOURNAL: every hash, both books after every event, one settlement per award.

    Exit code 4 if anything is wrong.
    """
    with Record(journal) as record:
        found = verify(record)
    if as_json:
        print_json({**found._asdict(), "sound": not found.problems})
    elif found.problems:
        click.echo(f"{len(found.problems)} problems in {found.events} events:")
        for problem in found.problems[:20]:
            say(f"  {problem}")
    else:
        state = "closed" if found.finished else "unfinished"
        click.echo(f"sound: {plural(found.events, 'event')}, run {state}, head {found.head}")
    return MISMATCH if found.problems else DONE
