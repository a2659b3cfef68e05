"""Audits every mechanism on a simulated population and on recorded outcomes; writes docs/audit-results.md.

The records are read from the folder that ``TRUTHBID_RECORDS`` names, else from ``../shared/data``;
where there are none, their tables are left as they are.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from orchestrator.audit.ground import Ground, row_of, settings_of
from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.rivals import RIVALS
from orchestrator.audit.study import Plan, conduct
from orchestrator.audit.verdict import RuleFound, judge
from orchestrator.verbs.options import read
from protocols.catalog import MECHANISMS
from scripts.recorded_tables import CONF11, RECORDS, ROOT

TARGET = ROOT / "docs" / "audit-results.md"
RLCR5 = "records.columns={question: question_id, worker: model, correct: correct, confidence: confidence, kind: task}"


class Case(NamedTuple):
    """A population: what it is, the workflow, a bonus, what is set, and the records it needs."""

    title: str
    about: str
    config: str
    bonus: str
    settings: tuple[str, ...] = ()
    records: str | None = None


CASES = (
    Case(
        "Six simulated models",
        "`configs/simulated.yaml`: known skills and costs, value .05, stake .01.",
        "simulated.yaml",
        "0.005",
    ),
    Case(
        "conf11: eleven recorded models that know their own rates",
        "Value .01, stake .002; a worker knows its mean cost and its success rate at each kind of"
        " question, payments are taken at the recorded outcome.",
        "recorded.yaml",
        "0.001",
        (CONF11, "records.value=0.01", "mechanism.stake=0.002"),
        "routing/conf11.csv.gz",
    ),
    Case(
        "rlcr5: five trainings of one model, their stated confidence taken for what they know",
        "Value .01, stake .002, no costs. What is called honest here is the recorded confidence,"
        " which is too high: where truth is best, correcting it downwards pays.",
        "recorded.yaml",
        "0.001",
        (RLCR5, "records.value=0.01", "mechanism.stake=0.002", "records.bid.probability=recorded"),
        "routing/rlcr5.csv.gz",
    ),
)


def main() -> None:
    """Write the page."""
    parts = [HEAD]
    for case in CASES:
        source = None if case.records is None else RECORDS / case.records
        if source is not None and not source.exists():
            sys.exit(f"{source} is not there; set TRUTHBID_RECORDS")
        began = time.perf_counter()
        found = audit(case, source)
        seconds = time.perf_counter() - began
        parts += [f"## {case.title}", case.about, table(found)]
        sys.stderr.write(f"{case.title}: {seconds:.0f} s\n")
    TARGET.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def audit(case: Case, source: Path | None) -> list[RuleFound]:
    """Audit all mechanisms on one population."""
    places = () if source is None else (f"records.path={source}",)
    config, fleet = read(ROOT / "configs" / case.config, [*case.settings, *places])
    more = [
        {"name": "joint-value", "combine": "any"},
        {"name": "escalation", "bonus": case.bonus},
    ]
    asked = [*({"name": name} for name in MECHANISMS), *more, *({"name": name} for name in RIVALS)]
    rules = {row_of(each): settings_of(each, config) for each in asked}
    ground = Ground(Path(case.config), config, fleet.folder, False, rules, 0, 2)
    times = 8 * len(ground()[0].workers)
    played = conduct(Plan(tuple(MISREPORTS), times, 30), list(rules), ground, processes=2)
    return [judge(each) for each in played]


def table(found: Sequence[RuleFound]) -> str:
    """Return a Markdown table, a row per mechanism."""
    return "\n".join(_rows(found))


def _rows(found: Sequence[RuleFound]) -> Iterator[str]:
    yield "| mechanism | regret per task (± se) | best lie, where it surely pays | by | three dear: gain each | a third certain: you lose | you keep | paid per cost | efficiency | anarchy |"
    yield "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for each in found:
        lies = {lie.name: lie for lie in each.lies}
        ring, certain = lies.get("ring-dear"), lies.get("many-certain")
        cells = [
            each.rule,
            f"{each.regret.mean:.5f} ± {each.regret.error:.5f}",
            each.best_lie or "-",
            each.liar or "-",
            "-" if ring is None else f"{ring.gain.mean:.5f} ± {ring.gain.error:.5f}",
            "-" if certain is None else f"{certain.loss.mean:.5f} ± {certain.loss.error:.5f}",
            f"{each.surplus.mean:.5f}",
            "-" if each.paid_per_cost is None else f"{each.paid_per_cost:.2f}",
            f"{each.efficiency:.1%}",
            "-" if each.anarchy is None else f"{each.anarchy:.2f}",
        ]
        yield "| " + " | ".join(cells) + " |"


HEAD = """# Who gains by lying: all mechanisms

Made by `python -m scripts.audit_tables`. Each row is the same auctions, played honestly and with each of the ways to lie
of [the audit](audit.md); money in USD per task put up. *Regret*: what the worker that can gain most gains by its best
lie, chosen on one half of the replications and measured on the other. *Anarchy*: the welfare of knowing everything over
the welfare when all workers have found the report that pays. Under `joint-value` the two lots of an auction are one task:
its parts, or with `combine: any` attempts at it. `escalation` pays the metered cost and no more, so that no lie gains anything:
what it is not proof against shows in the row with a bonus. The last four rows are rules in common use elsewhere: they are
not offered for runs."""

if __name__ == "__main__":
    main()
