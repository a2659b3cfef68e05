"""``truthbid plan``: what a goal would be broken down into, before anything is announced."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from orchestrator.bootstrap import Fleet, free_path
from orchestrator.config import RunConfig
from orchestrator.errors import InputError, Problem
from orchestrator.exits import DONE, UNSOLVED
from orchestrator.planning.errors import PlanRefusedError
from orchestrator.planning.picture import plan_data, print_plan
from orchestrator.planning.pursuit import first_brief
from orchestrator.planning.saving import workflow_text
from orchestrator.reports.tables import console
from orchestrator.signals import asking
from orchestrator.task import Task
from orchestrator.verbs.options import (
    SET_EXAMPLES,
    config_argument,
    import_option,
    json_option,
    print_json,
    quiet_option,
    read,
    set_option,
)
from orchestrator.verbs.running import carry_through
from protocols.units import units


@click.command("plan", epilog=SET_EXAMPLES)
@config_argument
@set_option
@import_option
@json_option
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    help="The file that records the plan; runs/NAME-NUMBER.db if left out.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the plan as a workflow file that `truthbid run` takes.",
)
@click.option(
    "--approve",
    is_flag=True,
    help="Ask before planning costs anything, show the plan, ask again and run it.",
)
@click.option("--yes", is_flag=True, help="Show the plan and run it without asking.")
@quiet_option
def command(
    config: Path,
    overrides: Sequence[str],
    as_json: bool,
    journal: Path | None,
    save: Path | None,
    approve: bool,
    yes: bool,
    quiet: bool,
) -> int:
    """Show the tasks of the workflow file CONFIG: a table, and what needs what.

    The tasks of a goal are planned first. The plan and its cost are journaled, so `truthbid resume`
    runs it without planning again.

    Exit codes: 0 shown, 1 there is no plan or it was not approved, 2 bad input, 3 the budget has
    no room for planning; with --approve or --yes those of `truthbid run`.
    """
    settings, fleet = read(config, overrides)
    if save is not None and save.exists():
        raise InputError([Problem(str(save), "exists already; name another file")])
    path = journal or free_path(settings)
    gate = _Gate(settings, save, as_json=as_json, quiet=quiet, asks=approve and not yes)
    gate.runs = approve or yes
    try:
        if fleet.goal is None:
            gate(fleet.tasks, 1)
        elif gate.asks:
            gate.ask_to_plan(fleet)
        on_plan = gate if fleet.goal is not None else None
        return carry_through(
            settings, fleet, path, as_json=as_json and gate.runs, quiet=quiet, on_plan=on_plan
        )
    except PlanRefusedError as error:
        return gate.close(str(error), path if fleet.goal is not None and path.exists() else None)


class _Gate:
    """Shows plans and lets them through, or not.

    Attributes:
        asks: Whether somebody is asked.
        runs: Whether a plan may be carried out at all.
    """

    def __init__(
        self, settings: RunConfig, save: Path | None, *, as_json: bool, quiet: bool, asks: bool
    ) -> None:
        self.asks = asks
        self.runs = False
        self._settings, self._save = settings, save
        self._as_json, self._quiet = as_json, quiet
        self._plan: Sequence[Task] | None = None

    def ask_to_plan(self, fleet: Fleet) -> None:
        """Say what planning may cost and ask whether to plan."""
        settings, planner = self._settings, fleet.planner
        planning = settings.planning_in_full
        if planner is None or fleet.goal is None:
            return
        brief = first_brief(fleet.goal, planning, settings.budget, settings.currency)
        once = planner.ceiling(brief)
        if once:
            most = f"{units(once * (planning.repairs + 1)):f} {settings.currency}"
            self._ask(f"The first draft may cost {units(once):f}, all about {most}. Plan?")

    def __call__(self, tasks: Sequence[Task], number: int) -> None:
        """Show a plan, save it, and ask.

        Raises:
            PlanRefusedError: If it is not to be carried out.
        """
        self._plan = tasks
        if not (self._quiet or self._as_json):
            print_plan(console(), tasks, self._settings.currency)
        if self._save is not None and number == 1:
            sections: dict[str, Any] = self._settings.model_dump(mode="json", exclude_unset=True)
            self._save.write_text(workflow_text(sections, tasks), encoding="utf-8")
        if not self.runs:
            raise PlanRefusedError("planned")
        if self.asks:
            self._ask("Run this plan?")

    def close(self, why: str, journal: Path | None) -> int:
        """Say how to go on, and return the exit code."""
        if self._as_json and not self.runs:
            shown = None if journal is None else str(journal)
            plan = plan_data(self._plan or ())
            print_json({"goal": self._settings.goal, "journal": shown, "plan": plan})
        elif self.runs:
            click.echo(why, err=True)
        if journal is not None and not self._as_json:
            click.echo(f"run it with: truthbid resume {journal}", err=self.runs)
        return UNSOLVED if self.runs else DONE

    def _ask(self, question: str) -> None:
        with asking():
            if not click.confirm(question, err=True):
                raise PlanRefusedError("not approved")
