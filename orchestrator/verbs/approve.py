"""``truthbid approve``: say what a person thinks of an answer or a worker that waits for it."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.drawing.display import plain
from orchestrator.errors import InputError, Problem
from orchestrator.exits import DONE
from orchestrator.memory.record import Record
from orchestrator.reports.guarded import decision
from orchestrator.reports.pending import Pending, held, pending
from orchestrator.verbs.options import journal_argument, json_option, print_json
from protocols.guarding import Guarded
from workers.verifiers.person import Admission, Ruling, VerdictFile

_SHOWN = 2_000


@click.command("approve")
@journal_argument
@click.argument("task", required=False)
@click.option("--worker", help="Decide about this worker, which is on hold, not about an answer.")
@click.option(
    "--reject", is_flag=True, help="The answer is not accepted; the worker is not invited any more."
)
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
    worker: str | None,
    reject: bool,
    success: float | None,
    reason: str,
    as_json: bool,
) -> int:
    """Accept the answer to TASK that waits for a person in the run of JOURNAL, or reject it.

    With --worker, let a worker go on that the guards have put on hold, or reject it. Without either,
    show what waits. The verdict is put into a file beside the journal, where a run that is under way
    finds it (of an answer within a second, of a worker at its next announcement), and a run that was
    stopped when it is resumed. The first verdict counts.

    Exit codes: 0 done, 2 there is no such answer or worker.
    """
    if reject and success is not None:
        raise click.UsageError("an answer is rejected or a success, not both")
    if worker is not None and (task is not None or success is not None):
        raise click.UsageError("name a worker, or a task and its success, not both")
    with Record(journal) as record:
        waiting, on_hold = pending(record), held(record)
    file = VerdictFile.beside(journal)
    waiting = [each for each in waiting if file.find(each.result) is None]
    on_hold = [each for each in on_hold if file.on_worker(each.worker, each.number) is None]
    if worker is not None:
        return _admit(file, _held(on_hold, worker, journal), not reject, reason, as_json=as_json)
    if task is None:
        _show(waiting, on_hold, as_json=as_json)
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
    raise InputError([Problem(f"{journal}:", f"task {task!r}: {words} (waiting: {names})")])


def _held(on_hold: Sequence[Guarded], worker: str, journal: Path) -> Guarded:
    for each in on_hold:
        if each.worker == worker:
            return each
    names = ", ".join(each.worker for each in on_hold) or "none"
    words = f"worker {worker!r} does not wait for a person (waiting: {names})"
    raise InputError([Problem(f"{journal}:", words)])


def _admit(file: VerdictFile, event: Guarded, goes_on: bool, reason: str, *, as_json: bool) -> int:
    """Write what a person says of a worker on hold."""
    said = Admission(
        worker=event.worker, decision=event.number, goes_on=goes_on, reason=reason[:1000]
    )
    _write(file, said)
    if as_json:
        print_json(said.model_dump(mode="json"))
    else:
        click.echo(f"{'goes on' if goes_on else 'rejected'}: {plain(event.worker)}")
    return DONE


def _write(file: VerdictFile, ruling: Ruling | Admission) -> None:
    try:
        file.write(ruling)
    except OSError as error:
        reason = f"the verdict cannot be written: {error.strerror}"
        raise InputError([Problem(str(file.path), reason)]) from error


def _show(waiting: Sequence[Pending], on_hold: Sequence[Guarded], *, as_json: bool) -> None:
    if as_json:
        workers = [{"worker": each.worker, "reason": each.reason} for each in on_hold]
        print_json([*[each.to_data() for each in waiting], *workers])
        return
    for each in waiting:
        click.echo(f"{plain(each.lot.task)}, answered by {plain(each.result.worker)}")
        click.echo(f"  task:     {plain(each.lot.prompt, _SHOWN)}")
        click.echo(f"  answer:   {plain(each.result.answer, _SHOWN)}")
        click.echo(f"  question: {plain(each.question, _SHOWN)}")
    for event in on_hold:
        click.echo(f"worker {plain(event.worker)} {decision(event)}")
    if not (waiting or on_hold):
        click.echo("nothing waits for a person")


def _verdict(success: float) -> str:
    return {0.0: "rejected", 1.0: "accepted"}.get(success, f"a success of {success:g}")
