"""``truthbid replay``: derive every decision again, or let another mechanism decide instead."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from orchestrator.audit.rivals import RIVALS
from orchestrator.errors import InputError, Problem
from orchestrator.evaluation.decided import opening
from orchestrator.evaluation.outcomes import Outcomes
from orchestrator.evaluation.what_if import what_if
from orchestrator.exits import DONE, MISMATCH
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.reports.tables import console
from orchestrator.reports.what_if_tables import as_data, print_what_if
from orchestrator.verbs.options import (
    import_option,
    journal_argument,
    json_option,
    print_json,
    say,
)
from orchestrator.verbs.rules import settings_in
from orchestrator.verbs.showing import fleet_of, trials
from protocols.events import RunOpened
from protocols.mechanism import Mechanism
from protocols.units import Money, money, units

EXAMPLES: Final = """\b
  truthbid replay run.db                                    the same decisions, or a diff
  truthbid replay run.db --mechanism first-price            what that would have brought
  truthbid replay run.db --mechanism vickrey --mechanism '{name: contingent-vcg, stake: 0.05}'
  truthbid replay run.db --budget 0.10                      the same mechanism, less cash
  truthbid replay run.db --calibration recalibrated         reports corrected by the past
  truthbid replay run.db --mechanism vcg --journal-only     ask no worker again, estimate
"""


@click.command("replay", epilog=EXAMPLES)
@journal_argument
@click.option(
    "--mechanism",
    "names",
    multiple=True,
    metavar="NAME",
    help="Let this one decide; a name, or {name: ..., setting: ...}. May be given several times.",
)
@click.option("--budget", metavar="AMOUNT", help="With so much cash; `none` is no cap.")
@click.option(
    "--calibration",
    type=click.Choice(["raw", "recalibrated"]),
    help="Decide by reports as stated, or corrected by each worker's past.",
)
@click.option(
    "--journal-only",
    is_flag=True,
    help="Ask nobody again: say what the journal alone can tell.",
)
@import_option
@json_option
def command(
    journal: Path,
    names: tuple[str, ...],
    budget: str | None,
    calibration: str | None,
    journal_only: bool,
    as_json: bool,
) -> int:
    """Derive every award, contract, score and settlement of JOURNAL again, calling no worker.

    Bids, answers and verdicts are the inputs; everything else is computed anew and compared. Exit
    code 4 if anything differs.

    With --mechanism, --budget or --calibration: what would have been decided on the same bids, and
    what it would have brought. Outcomes are those of the journal; those of workers that can be
    asked again (recordings, simulations, functions); else estimates from awards that the run drew
    by lot; else unknown.
    """
    if names or budget is not None or calibration is not None:
        _tell_otherwise(journal, names, budget, calibration, alone=journal_only, as_json=as_json)
        return DONE
    return _prove(journal, as_json=as_json)


def _prove(journal: Path, *, as_json: bool) -> int:
    found = replay(journal)
    if as_json:
        print_json({**found._asdict(), "identical": found.identical})
    elif found.identical:
        state = "" if found.finished else " (the run is unfinished; `truthbid resume` goes on)"
        click.echo(f"identical: {found.compared} of {found.events} events{state}")
    else:
        click.echo("not identical:")
        for difference in found.differences:
            say(f"  {difference}")
    return DONE if found.identical else MISMATCH


def _tell_otherwise(
    journal: Path,
    names: Sequence[str],
    budget: str | None,
    calibration: str | None,
    *,
    alone: bool,
    as_json: bool,
) -> None:
    with Record(journal) as record:
        opened = opening(record)
        rules = dict(_rule(name, opened, calibration) for name in names or ("",))
        cash = opened.budget if budget is None else _cash(budget)
        found = what_if(record, rules, cash, None if alone else _trials(record))
    if as_json:
        about = {
            "journal": str(journal),
            "run": opened.run,
            "budget": None if cash is None else f"{units(cash):f}",
        }
        print_json(as_data(found, opened.currency, about))
    else:
        print_what_if(console(), found, opened.currency)


def _trials(record: Record) -> Outcomes | None:
    fleet = fleet_of(record.path)
    return None if fleet is None else trials(record, fleet)


def _rule(text: str, opened: RunOpened, calibration: str | None) -> tuple[str, Mechanism]:
    """Return a mechanism and its name in the table; without a text, that of the run."""
    own: Mapping[str, object] = opened.config["mechanism"]
    name = text or str(own["name"])
    settings = _settings(name, own)
    if "given" in settings:
        text = f"{settings['name']!r} was given to the run in code; name a mechanism of the catalog"
        raise InputError([Problem("--mechanism", text)])
    if calibration is not None:
        name = f"{name}, {calibration}"
    try:
        if settings["name"] in RIVALS and calibration is None:
            return name, RIVALS[str(settings["name"])]
        return name, mechanism_from(_calibrated(settings, calibration))[1]
    except ValueError as error:
        raise InputError([Problem("--mechanism", " ".join(str(error).split()))]) from error


def _settings(text: str, own: Mapping[str, object]) -> Mapping[str, object]:
    """Return settings as asked for: those of the run where only its own mechanism is named."""
    if text == own["name"]:
        return own
    return settings_in(text)


def _calibrated(settings: Mapping[str, object], calibration: str | None) -> Mapping[str, object]:
    """Return settings with another forecast; raises like `mechanism_from`."""
    if calibration is None:
        return settings
    if "forecast" not in mechanism_from(settings)[0]:
        text = f"{settings['name']} decides by no forecast that could be calibrated"
        raise InputError([Problem("--calibration", text)])
    return {**settings, "forecast": calibration}


def _cash(text: str) -> Money | None:
    if text == "none":
        return None
    try:
        cash = money(text)
    except ValueError as error:
        raise InputError([Problem("--budget", " ".join(str(error).split()))]) from error
    if cash < 0:
        raise InputError([Problem("--budget", "must be at least 0")])
    return cash
