"""A small audit of the mechanism of a journal, as a section of its report."""

import os
from pathlib import Path
from typing import Any, Final

from orchestrator.audit.ground import Ground, journal_config, settings_of
from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.study import Plan, conduct
from orchestrator.audit.verdict import judge
from orchestrator.drawing.display import plural
from orchestrator.errors import InputError, Problem
from orchestrator.reports.audit_section import audit_section
from orchestrator.reports.audit_tables import not_audited

_TIMES: Final = 4
_ROUNDS: Final = 20
_LOTS: Final = 2


def summed_up(plan: Plan, lots: int) -> str:
    """Say how much an audit has played."""
    return (
        f"Played {plan.replications:,} times over {plural(plan.rounds, 'auction')} of"
        f" {plural(lots, 'lot')} from seed {plan.seed}, each time honestly and with one lie on the"
        " same draws."
    )


def audited(journal: Path) -> dict[str, Any]:
    """Audit the mechanism of a journal, with its own workers, some times over.

    Raises:
        InputError: If a program opened the journal, or its mechanism cannot be audited.
    """
    config, folder = journal_config(journal)
    if config is None:
        text = "a program opened this journal: use truthbid audit and name a mechanism"
        raise InputError([Problem("--audit", text)])
    name = str(config.mechanism.name)
    rules = {name: settings_of({"name": name}, config)}
    ground = Ground(journal, config, folder, True, rules, 0, _LOTS)
    try:
        population, _ = ground()
    except ValueError as error:
        raise InputError([Problem("--audit", " ".join(str(error).split()))]) from error
    left_out = ground.left_out(population)
    if name in left_out:
        raise InputError([Problem("--audit", text) for text in not_audited(left_out)])
    times = _TIMES * len(population.workers)
    plan = Plan(tuple(MISREPORTS), times, _ROUNDS, dynamics=False)
    found = conduct(plan, [name], ground, processes=os.cpu_count() or 1)
    judged = [judge(each) for each in found]
    return audit_section(judged, config.currency, summed_up(plan, _LOTS), left_out)
