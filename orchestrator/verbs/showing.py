"""What a run came to: for people as tables, for programs as data."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import click

from orchestrator.bootstrap import Fleet, assemble
from orchestrator.drawing.display import plain
from orchestrator.errors import ConfigError
from orchestrator.evaluation.baselines import Baselines, compare
from orchestrator.evaluation.gold_verdicts import GoldVerdicts, gold_verdicts
from orchestrator.evaluation.honesty import Honesty, honesty
from orchestrator.evaluation.outcomes import Outcomes, gather
from orchestrator.evaluation.summary import Summary, summarise
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.recorded_config import recorded_config
from orchestrator.reports.absence import absences
from orchestrator.reports.guarded import guarded
from orchestrator.reports.judges import judges
from orchestrator.reports.lost_calls import lost_calls
from orchestrator.reports.quarantine import quarantined
from orchestrator.reports.stopped import stopped
from orchestrator.reports.suspicions import suspicions
from orchestrator.reports.unsettled import unsettled
from orchestrator.screening.screens import Screening, screen
from protocols.units import TaskId
from workers.ports import Assessor, Verifier
from workers.verifiers import Human


class Findings(NamedTuple):
    """What a journal tells.

    Attributes:
        journal: Where it lies.
        summary: The totals.
        compared: What other rules would have brought; ``None`` where nobody can be asked again.
        honest: The workers about whose reports something can be said.
        absent: Who never bid, and why.
        judged: How the judges did where the truth is known.
        screened: What would be unlikely among honest workers.
    """

    journal: Path
    summary: Summary
    compared: Baselines | None
    honest: Sequence[Honesty]
    absent: Sequence[str]
    judged: Sequence[GoldVerdicts]
    screened: Screening


def examine(record: Record, fleet: Fleet | None) -> Findings:
    """Read a journal for its totals, for other rules and for the honesty of its workers.

    Args:
        record: The journal.
        fleet: The workers and tasks of the run, if they are at hand.
    """
    summary = summarise(record)
    return Findings(
        record.path,
        summary,
        compared(record, fleet),
        honesty(record),
        absences(record, summary),
        gold_verdicts(record),
        screen(record),
    )


def compared(record: Record, fleet: Fleet | None) -> Baselines | None:
    """Return what other rules would have brought, where some worker can be asked again.

    Verifiers that take a process, a bill or a person are not asked again; their tasks are left out.
    """
    if fleet is None or not any(worker.repeatable for worker in fleet.workers):
        return None
    workers, verifiers = fleet.workers, checkable(fleet)

    async def ask() -> Baselines:
        return await compare(record, workers, verifiers)

    return anyio.run(ask)


def trials(record: Record, fleet: Fleet) -> Outcomes | None:
    """Return what every bidder would have brought, where some worker can be asked again."""
    if not any(worker.repeatable for worker in fleet.workers):
        return None
    return anyio.run(gather, record, fleet.workers, checkable(fleet))


def checkable(fleet: Fleet) -> dict[TaskId, Verifier]:
    """Return the verifiers that take no process, no bill and no person, by task."""
    return {
        TaskId(task.id): task.verify
        for task in fleet.tasks
        if task.id and task.verify and not isinstance(task.verify, Assessor | Human)
    }


def fleet_of(journal: Path) -> Fleet | None:
    """Return the workers and tasks of a run, made anew, where that is possible."""
    try:
        return assemble(*recorded_config(journal))
    except (ConfigError, JournalError) as error:
        click.echo(f"nobody can be asked again: {error}", err=True)
        return None


def as_data(found: Findings) -> dict[str, Any]:
    """Return what a run came to as plain data."""
    return {
        "journal": str(found.journal),
        **found.summary.to_data(),
        "baselines": None if found.compared is None else found.compared.to_data(),
        "honesty": [each.to_data() for each in found.honest],
        "absent": list(found.absent),
        "screening": found.screened.to_data(),
        "judges": [each.to_data() for each in found.judged],
    }


def show_closing(found: Findings) -> None:
    """Print what a run came to on one screen, and where the rest is to be had."""
    from orchestrator.reports.closing import print_closing
    from orchestrator.reports.tables import console

    screen = console()
    print_closing(screen, found.summary, found.compared, found.honest)
    for sentence in _remarks(found):
        screen.print(sentence, highlight=False, markup=False)
    click.echo(f"journal: {found.journal}")
    click.echo(f"more: truthbid report {found.journal}, or with --html FILE as a page")


def show(found: Findings) -> None:
    """Print all that is known of a run, and where its journal lies."""
    from orchestrator.reports.findings import overconfidence
    from orchestrator.reports.peer_tables import print_market_peers
    from orchestrator.reports.tables import (
        console,
        print_baselines,
        print_findings,
        print_honesty,
        print_summary,
    )

    screen = console()
    currency = found.summary.currency
    print_summary(screen, found.summary)
    print_market_peers(screen, found.summary.peers)
    for sentence in _remarks(found):
        screen.print(sentence, highlight=False, markup=False)
    if found.honest:
        print_honesty(screen, found.honest, currency)
    if found.compared is None:
        sentence = overconfidence(found.honest, currency)
        screen.print(sentence, highlight=False, markup=False)
    else:
        print_baselines(screen, found.compared, currency)
        print_findings(screen, found.compared, found.honest, currency)
    click.echo(f"journal: {found.journal}")


def _remarks(found: Findings) -> Iterator[str]:
    """Yield what looks odd unless it is explained."""
    yield from stopped(found.summary)
    yield from unsettled(found.summary)
    yield from lost_calls(found.summary.lost, plain(found.summary.currency, 20))
    yield from quarantined(found.summary)
    yield from found.absent
    yield from judges(found.judged)
    yield from guarded(found.summary.guards)
    yield from suspicions(found.screened)
