"""Writes docs/bench-results.md: the offline comparison on recorded outcomes of real models.

The records are not part of this repository; see `scripts.public_records`.
"""

import sys
from collections.abc import Iterator, Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from benchmarks.measure import table
from orchestrator.bench.dataset import read_parts
from orchestrator.bench.reach import Need
from orchestrator.bench.study import REGIMES, Regime, Study, study
from orchestrator.mechanisms import mechanism_from
from orchestrator.reports.bench_tables import NAMES, tables_of
from protocols.mechanism import Mechanism
from scripts.public_records import CLOSE_KINDS, RECORDS, ROOT

ORDERS = PARTINGS = 5


class Case(NamedTuple):
    """One table of records, and how it is read."""

    file: str
    about: str
    columns: str
    values: tuple[float, ...]
    kinds: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called in the document."""
        return " without ".join((self.file, *self.without))


CASES = (
    Case(
        "conf11",
        "Eleven models on four answering tasks (BoolQ, SciQ, SAT, LSAT), stated confidences, cost"
        " with assumed hidden reasoning tokens (NoamMichael/Comparing-Confidence-in-LLMs, MIT).",
        "question=question_id,worker=model,cost=cost_usd_scenario,kind=task,answer=answer",
        (0.003, 0.006, 0.01, 0.02, 0.03, 0.06, 0.1, 0.3, 1.0),
        CLOSE_KINDS,
    ),
    Case(
        "openhands34",
        "34 agents on software and research tasks, recorded dollars per run"
        " (OpenHands/openhands-index-results, MIT).",
        "question=question_id,worker=model,cost=cost_usd,kind=task",
        (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
    ),
    Case(
        "openhands34",
        "The same without the agent that dominates the others.",
        "question=question_id,worker=model,cost=cost_usd,kind=task",
        (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
        without=("claude-fable-5",),
    ),
    Case(
        "mmlupro29",
        "29 models on questions of 14 subjects, answers but no confidences, counted tokens at nominal"
        " prices (TIGER-AI-Lab/MMLU-Pro, Apache-2.0).",
        "question=question_id,worker=model,cost=cost_usd_est,kind=task,answer=answer",
        (0.001, 0.003, 0.01, 0.03, 0.1),
    ),
)

ABOUT = """# Offline comparison on recorded outcomes

Written by `python -m scripts.bench_tables`; [bench.md](bench.md) says how to read it. Everything is learned and
chosen on 60 % of the questions, parted by a hash of their group with seed 0, and judged on the others. The market is
`contingent-vcg` with a stake of a tenth of the value.
"""

AGAIN = """## Five partings

The same with seeds 0 to 4, where answers can be paid for: the mean cost in per cent of that of the best model, ± the standard
deviation over the partings, which share questions. One in which an accuracy is never reached is left out of the mean and
counted in brackets. Markets that start from nothing meet the questions in one order here.
"""


def _rules(value: float) -> tuple[Mechanism, Mechanism | None]:
    plain = {"name": "contingent-vcg", "stake": f"{value / 10:.9f}"}
    return mechanism_from(plain)[1], mechanism_from({**plain, "forecast": "recalibrated"})[1]


def run(
    case: Case, seed: int = 0, regimes: Sequence[Regime] = REGIMES, orders: int = ORDERS
) -> Study:
    """Compare everything on one table."""
    path = RECORDS / "routing" / f"{case.file}.csv.gz"
    fit, asked = read_parts(
        path,
        case.columns,
        seed=seed,
        share=0.6,
        orders=orders,
        kinds=case.kinds,
        without=case.without,
    )
    return study(fit, asked, case.values, _rules, regimes, seed=seed)


def section(case: Case) -> str:
    """Return the section of one table of records."""
    found = run(case)
    parts = [f"## {case.title}", case.about]
    for each in tables_of(found, "USD", details=False):
        shown = table(each.headers, each.rows)
        parts += [f"### {case.title}: {each.title.lower()}", shown, each.note]
    return "\n\n".join([*parts, *found.notes])


def again(case: Case) -> str:
    """Return what accuracies cost over several partings."""
    found: dict[str, list[Sequence[Need]]] = {}
    for seed in range(PARTINGS):
        for each in run(case, seed, ("blind", "paid"), orders=1).reach:
            found.setdefault(each.name, []).append(tuple(each.needs.values()))
    rows = [(NAMES[name], *map(_spread, zip(*needs, strict=True))) for name, needs in found.items()]
    return f"### Five partings of {case.title}\n\n{table(('', '95%', '99%', '100%'), rows)}"


def _spread(needs: Sequence[Need]) -> str:
    costs = [100 * need.cost for need in needs if need.cost is not None]
    missed = f" ({len(needs) - len(costs)})" if len(costs) < len(needs) else ""
    if len(costs) < 2:
        return f"never{missed}"
    return f"{fmean(costs):.0f} ±{stdev(costs):.0f}{missed}"


def document() -> Iterator[str]:
    """Yield the parts of the document."""
    yield ABOUT.strip()
    yield from map(section, CASES)
    yield AGAIN.strip()
    yield from (again(case) for case in CASES if "answer=" in case.columns)


def main() -> None:
    """Run all cases."""
    if not RECORDS.exists():
        sys.exit(f"the records are not at {RECORDS}; set TRUTHBID_RECORDS")
    text = "\n\n".join(document()) + "\n"
    (ROOT / "docs" / "bench-results.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
