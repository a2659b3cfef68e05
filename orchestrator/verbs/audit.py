"""``truthbid audit``: who gains by lying, and how much, under which mechanism."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from orchestrator.audit.ground import Ground, journal_config, row_of, settings_of
from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.rivals import RIVALS
from orchestrator.audit.study import Plan, conduct, jobs
from orchestrator.audit.verdict import RuleFound, judge
from orchestrator.config import RunConfig
from orchestrator.errors import InputError, Problem
from orchestrator.exits import UNSOLVED
from orchestrator.reports.audit_section import audit_section, write_audit
from orchestrator.reports.audit_tables import not_audited, print_audit
from orchestrator.reports.progress import counting
from orchestrator.reports.sheet import check_target
from orchestrator.reports.tables import console
from orchestrator.strict_yaml.explanation import hint
from orchestrator.verbs.auditing import summed_up
from orchestrator.verbs.options import (
    import_option,
    json_option,
    print_json,
    quiet_option,
    read,
    set_option,
)
from orchestrator.verbs.rules import settings_in
from orchestrator.verbs.sheets import jobs_option, page_option
from protocols.catalog import MECHANISMS
from protocols.units import NANO, money

SQLITE: Final = b"SQLite format 3\x00"

EXAMPLES = """\b
  truthbid audit configs/quickstart.yaml
  truthbid audit run.db --mechanism first-price --mechanism contingent-vcg
  truthbid audit configs/simulated.yaml --all --jobs 4 --html audit.html
  truthbid audit configs/quickstart.yaml --fail-above 0.0005     in CI: exit 1 if a lie pays more
"""


@click.command("audit", epilog=EXAMPLES)
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--mechanism",
    "names",
    multiple=True,
    metavar="NAME",
    help="Audit this one; a name, or {name: ..., setting: ...}. May be given several times; left"
    " out: the configured one.",
)
@click.option("--all", "everything", is_flag=True, help="Audit the whole catalog and common rules.")
@click.option(
    "--misreport",
    "lies",
    multiple=True,
    metavar="NAME",
    help=f"Try this lie only; may be given several times. All: {', '.join(MISREPORTS)}.",
)
@click.option(
    "--replications",
    default=10,
    show_default=True,
    type=click.IntRange(2, 10_000),
    help="How often each worker gets to lie, each time with new tasks and draws.",
)
@click.option(
    "--rounds",
    default=30,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Auctions in a row in each replication.",
)
@click.option(
    "--lots",
    default=2,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Tasks put up at a time; under joint-value, parts of one task.",
)
@click.option("--seed", default=0, show_default=True, help="Fixes all draws.")
@jobs_option
@click.option("--no-dynamics", is_flag=True, help="Leave the price of anarchy out: a third faster.")
@click.option(
    "--fail-above",
    metavar="AMOUNT",
    help="Exit with 1 if some lie surely gains a worker more than this per task.",
)
@page_option
@set_option
@import_option
@quiet_option
@json_option
def command(
    source: Path,
    names: tuple[str, ...],
    everything: bool,
    lies: tuple[str, ...],
    replications: int,
    rounds: int,
    lots: int,
    seed: int,
    processes: int,
    no_dynamics: bool,
    fail_above: str | None,
    page: Path | None,
    overrides: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Find out who gains by lying in the market of SOURCE, a workflow or a journal.

    The same auctions are played many times, honestly and with one report changed, by each mechanism
    asked for. Workers that are simulated, recorded or functions know the truth about themselves.
    For models the truth is estimated from a journal of their runs.

    Exit codes: 0 done; 1 a lie pays more than --fail-above; 2 bad input.
    """
    bar = _amount(fail_above)
    _check(lies)
    check_target(page, "--html", source)
    ground = _ground(source, names, everything, overrides, seed, lots)
    try:
        population, rules = ground()
    except ValueError as error:
        raise InputError([Problem("--mechanism", " ".join(str(error).split()))]) from error
    left_out = ground.left_out(population)
    refused = {name: why for name, why in left_out.items() if name in ground.rules}
    if refused and not everything:
        raise InputError([Problem("--mechanism", text) for text in not_audited(refused)])
    times = replications * len(population.workers)
    plan = Plan(lies or tuple(MISREPORTS), times, rounds, seed, not no_dynamics)
    work = len(jobs(plan, rules))
    with counting("playing", work, quiet=quiet or as_json) as advance:
        processes = min(processes or os.cpu_count() or 1, work)
        played = conduct(plan, list(rules), ground, processes=processes, progress=advance)
    found = [judge(each) for each in played]
    currency = "USD" if ground.config is None else ground.config.currency
    if page is not None:
        section = audit_section(found, currency, summed_up(plan, lots), left_out)
        write_audit(page, section, source.name)
        click.echo(f"wrote {page}", err=True)
    if as_json:
        print_json({**_as_data(plan, ground, found, currency), "left_out": left_out})
    elif not quiet:
        print_audit(console(), found, currency, left_out)
    if bar is not None and (worst := _above(found, bar)):
        click.echo(f"a lie pays more than {fail_above} a task under: {', '.join(worst)}", err=True)
        raise click.exceptions.Exit(UNSOLVED)


def _ground(
    source: Path,
    names: Sequence[str],
    everything: bool,
    overrides: Sequence[str],
    seed: int,
    lots: int,
) -> Ground:
    journal = _is_journal(source)
    config: RunConfig | None
    if journal:
        if overrides:
            raise InputError([Problem("--set", "changes a workflow; SOURCE is a journal")])
        config, folder = journal_config(source)
    else:
        config, fleet = read(source, overrides)
        folder = fleet.folder
    chosen = _chosen(names, config, everything)
    try:
        asked = map(settings_in, chosen)
        rules = {row_of(each): settings_of(each, config) for each in asked}
        return Ground(source, config, folder, journal, rules, seed, lots)
    except ValueError as error:
        raise InputError([Problem("--mechanism", " ".join(str(error).split()))]) from error


def _chosen(names: Sequence[str], config: RunConfig | None, everything: bool) -> list[str]:
    if everything:
        return [*MECHANISMS, *RIVALS]
    if names or config is not None:
        return list(dict.fromkeys(names)) or ([] if config is None else [config.mechanism.name])
    text = "this journal was opened by a program: say which mechanism to audit"
    raise InputError([Problem("--mechanism", text)])


def _above(found: Sequence[RuleFound], bar: float) -> list[str]:
    return [
        each.rule
        for each in found
        if each.best_lie is not None and each.regret.mean - 2 * each.regret.error > bar
    ]


def _as_data(
    plan: Plan, ground: Ground, found: Sequence[RuleFound], currency: str
) -> dict[str, object]:
    return {
        "source": str(ground.source),
        "currency": currency,
        "seed": plan.seed,
        "replications": plan.replications,
        "rounds": plan.rounds,
        "lots": ground.lots,
        "mechanisms": [each.to_data() for each in found],
    }


def _is_journal(source: Path) -> bool:
    try:
        with source.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False  # who reads the workflow says what is wrong with the file


def _check(given: Sequence[str]) -> None:
    for name in given:
        if name not in MISREPORTS:
            text = f"unknown misreport {name!r}{hint(name, list(MISREPORTS))}"
            raise InputError([Problem("--misreport", text)])


def _amount(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return money(text) / NANO
    except ValueError as error:
        raise InputError([Problem("--fail-above", " ".join(str(error).split()))]) from error
