"""``truthbid approve``: say what a person thinks of an answer that waits for it."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.drawing.display import plain
from orchestrator.errors import InputError, Problem
from orchestrator.exits import DONE
from orchestrator.memory.record import Record
from orchestrator.reports.pending import Pending, pending
from orchestrator.verbs.options import journal_argument, json_option, print_json
from workers.verifiers.person import Ruling, VerdictFile

_SHOWN = 2_000


@click.command("approve")
@journal_argument
@click.argument("task", required=False)
@click.option("--reject", is_flag=True, help="The answer is not accepted.")
@click.option(
    "--success",
    type=click.FloatRange(0, 1),
    help="For graded work: how much of a success it is, from 0 to 1.",
)
@click.option("--reason", default="", help="Why, in a few words; the journal keeps it.")
@json_option
def command(
    journal: Path,
    task: str | None,
    reject: bool,
    success: float | None,
    reason: str,
    as_json: bool,
) -> int:
    """Accept the answer to TASK that waits for a person in the run of JOURNAL, or reject it.

    Without TASK, show what waits. The verdict is put into a file beside the journal, where a run
    that is under way finds it within a second, and a run that was stopped when it is resumed. The
    first verdict on an answer counts.

    Exit codes: 0 done, 2 there is no such answer.
    """
    if reject and success is not None:
        raise click.UsageError("an answer is rejected or a success, not both")
    with Record(journal) as record:
        waiting = pending(record)
    file = VerdictFile.beside(journal)
    waiting = [each for each in waiting if file.find(each.result) is None]
    if task is None:
        _show(waiting, as_json=as_json)
        return DONE
    chosen = _chosen(waiting, task, journal)
    worth = 0.0 if reject else 1.0 if success is None else success
    _write(file, Ruling.on(chosen.result, worth, reason[:1000]))
    if as_json:
        print_json({**chosen.to_data(), "success": worth, "reason": reason[:1000]})
    else:
        click.echo(f"{_verdict(worth)}: {plain(chosen.lot.task)} by {plain(chosen.result.worker)}")
    return DONE


def _chosen(waiting: Sequence[Pending], task: str, journal: Path) -> Pending:
    found = [each for each in waiting if each.lot.task == task]
    found = found or [each for each in waiting if each.lot.origin == task]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.lot.task for each in found or waiting) or "none"
    words = "several answers to it wait" if found else "no answer to it waits for a person"
    raise InputError([Problem(str(journal), f"task {task!r}: {words} (waiting: {names})")])


def _write(file: VerdictFile, ruling: Ruling) -> None:
    try:
        file.write(ruling)
    except OSError as error:
        reason = f"the verdict cannot be written: {error.strerror}"
        raise InputError([Problem(str(file.path), reason)]) from error


def _show(waiting: Sequence[Pending], *, as_json: bool) -> None:
    if as_json:
        print_json([each.to_data() for each in waiting])
        return
    for each in waiting:
        click.echo(f"{plain(each.lot.task)}, answered by {plain(each.result.worker)}")
        click.echo(f"  task:     {plain(each.lot.prompt, _SHOWN)}")
        click.echo(f"  answer:   {plain(each.result.answer, _SHOWN)}")
        click.echo(f"  question: {plain(each.question, _SHOWN)}")
    if not waiting:
        click.echo("no answer waits for a person")


def _verdict(success: float) -> str:
    return {0.0: "rejected", 1.0: "accepted"}.get(success, f"a success of {success:g}")
