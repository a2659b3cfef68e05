"""What ``run`` and ``resume`` have in common: the run, its progress, and what it came to."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
import click

from orchestrator.bootstrap import Fleet
from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.drawing.display import plain
from orchestrator.errors import InputError, Problem
from orchestrator.evaluation.summary import Summary
from orchestrator.exits import BUDGET_REACHED, DONE, HELD, MISMATCH, UNSOLVED
from orchestrator.memory.record import Record
from orchestrator.offline import work_offline
from orchestrator.planning.errors import PlanningError, PlanRefusedError, UnfundedPlanError
from orchestrator.planning.picture import print_solution
from orchestrator.planning.pursuit import OnPlan
from orchestrator.reports.progress import progress, waiting
from orchestrator.reports.tables import console
from orchestrator.reviewing import HeldError
from orchestrator.signals import StoppedError, until_told
from orchestrator.verbs.options import print_json
from orchestrator.workflow import work
from protocols.consultation import Consulted
from protocols.events import Event
from workers.cassette import ReplayChat
from workers.errors import CassetteError
from workers.verifiers.confined import kill_programs
from workers.verifiers.person import ByPerson


def carry_through(
    config: RunConfig,
    fleet: Fleet,
    journal: Path,
    *,
    as_json: bool,
    quiet: bool,
    resume: bool = False,
    on_plan: OnPlan | None = None,
    player: ReplayChat | None = None,
) -> int:
    """Run a workflow to its end, show what it came to, and return the exit code.

    With a player, that answers the model calls of the fleet, and its hits and misses are told.

    Raises:
        PlanRefusedError: If ``on_plan`` does not want the plan to be carried out now.
        InputError: If a new journal cannot be put where it should lie; nothing is written then.
    """
    market = Coordinator.configured(config, fleet, journal, resume=resume)
    if not resume:
        make_room(journal)
    summary = Summary()
    still = quiet or on_plan is not None
    try:
        with progress(len(fleet.tasks), market.ledger, config.currency, quiet=still) as listener:
            listeners = [summary.note, listener, *([] if quiet else [_calling(journal)])]
            run = work if player is None else partial(work_offline, player)
            do = partial(run, market, fleet, listeners, on_plan)
            solution = anyio.run(until_told, do, _stopping, kill_programs)
    except StoppedError as stopped:
        click.echo(f"interrupted; go on with: truthbid resume {journal}", err=True)
        return stopped.code
    except HeldError as error:
        click.echo(str(error), err=True)
        return _tell_held(summary, journal)
    except PlanningError as error:
        if isinstance(error, PlanRefusedError):
            raise
        click.echo(str(error), err=True)
        return BUDGET_REACHED if isinstance(error, UnfundedPlanError) else UNSOLVED
    except CassetteError as error:
        return _missed(error, player, as_json=as_json)
    if as_json or not quiet:
        from orchestrator.verbs.showing import as_data, examine, show_closing  # not before the run

        with Record(journal) as record, waiting("reading the journal", quiet=quiet):
            found = examine(record, fleet)
        if as_json:
            told = {} if solution is None else {"solution": solution.to_data()}
            print_json({**as_data(found), **told, **_calls(player)})
        else:
            show_closing(found)
            if solution is not None:
                print_solution(console(), solution)
            if player is not None:
                click.echo(f"replayed offline: {_counted(player)}")
    if summary.guards.held:
        return _tell_held(summary, journal)
    if solution is not None and solution.solved:
        return DONE
    return _exit_code(summary)


def _tell_held(summary: Summary, journal: Path) -> int:
    """Say who is on hold and what a person can do about it, and return the exit code."""
    for each in summary.guards.held:
        worker = plain(each.worker)
        words = f"{worker} is on hold: truthbid approve {journal} --worker {worker} [--reject]"
        click.echo(words, err=True)
    click.echo(f"the run is not closed; when that is done: truthbid resume {journal}", err=True)
    return HELD


def _missed(error: CassetteError, player: ReplayChat | None, *, as_json: bool) -> int:
    """Say which call is not in the recording, and return the exit code."""
    click.echo(str(error), err=True)
    if player is not None:
        click.echo(f"the run was ended: {_counted(player)}", err=True)
    if as_json:
        print_json({"miss": str(error), **_calls(player)})
    return MISMATCH


def _calls(player: ReplayChat | None) -> dict[str, object]:
    if player is None:
        return {}
    counts = {"hits": player.hits, "misses": player.misses, "unused": player.unused}
    return {"calls": counts}


def _counted(player: ReplayChat) -> str:
    hits = "1 hit" if player.hits == 1 else f"{player.hits} hits"
    misses = "1 miss" if player.misses == 1 else f"{player.misses} misses"
    return f"{hits}, {misses}" + (f", {player.unused} unused" if player.unused else "")


def _stopping() -> None:
    click.echo("stopping; once more to stop at once", err=True)


def _calling(journal: Path) -> Callable[[Event], None]:
    """Return what tells people that an answer waits for them."""

    def listen(event: Event) -> None:
        if isinstance(event, Consulted) and event.verifier == ByPerson.type:
            task = plain(event.task)
            words = f"{task} waits for a person: truthbid approve {journal} {task}"
            click.echo(words, err=True)

    return listen


def make_room(journal: Path) -> None:
    """Make the folder of a new journal."""
    if journal.is_dir():
        raise InputError([Problem(str(journal), "is a folder; name a file for the journal")])
    if journal.exists():
        raise InputError([Problem(str(journal), "exists already; resume it or name another file")])
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"no place for a journal: {error.strerror}"
        raise InputError([Problem(str(journal.parent), reason)]) from error


def _exit_code(summary: Summary) -> int:
    states = summary.states
    if states["unfunded"]:
        return BUDGET_REACHED
    return DONE if states["solved"] == sum(states.values()) else UNSOLVED
