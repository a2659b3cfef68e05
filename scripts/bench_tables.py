"""Writes docs/bench-results.md: the offline comparison on recorded outcomes of real models.

The records are not part of this repository; see `scripts.public_records`.
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from orchestrator.bench.dataset import read_parts
from orchestrator.bench.study import Study, study
from orchestrator.mechanisms import mechanism_from
from orchestrator.reports.bench_tables import tables_of
from protocols.mechanism import Mechanism

ROOT = Path(__file__).resolve().parent.parent
RECORDS = Path(os.environ.get("TRUTHBID_RECORDS", ROOT.parent / "shared" / "data"))


class Case(NamedTuple):
    """One table of records, and how it is read."""

    file: str
    about: str
    columns: str
    values: tuple[float, ...]
    kinds: tuple[str, ...] = ()


CASES = (
    Case(
        "conf11",
        "Eleven models on four answering tasks (BoolQ, SciQ, SAT, LSAT), stated confidences, cost"
        " with assumed hidden reasoning tokens (NoamMichael/Comparing-Confidence-in-LLMs, MIT).",
        "question=question_id,worker=model,cost=cost_usd_scenario,kind=task,answer=answer",
        (0.003, 0.006, 0.01, 0.02, 0.03, 0.06, 0.1, 0.3, 1.0),
        ("boolq", "sciq", "sat_en", "lsat_ar"),
    ),
    Case(
        "openhands34",
        "34 agents on software and research tasks, recorded dollars per run"
        " (OpenHands/openhands-index-results, MIT).",
        "question=question_id,worker=model,cost=cost_usd,kind=task",
        (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
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


def _rules(value: float) -> tuple[Mechanism, Mechanism | None]:
    plain = {"name": "contingent-vcg", "stake": f"{value / 10:.9f}"}
    return mechanism_from(plain)[1], mechanism_from({**plain, "forecast": "recalibrated"})[1]


def run(case: Case) -> Study:
    """Compare everything on one table."""
    path = RECORDS / "routing" / f"{case.file}.csv.gz"
    fit, asked = read_parts(path, case.columns, seed=0, share=0.6, kinds=case.kinds)
    return study(fit, asked, case.values, _rules)


def section(case: Case) -> str:
    """Return the section of one table of records."""
    found = run(case)
    parts = [f"## {case.file}", case.about]
    for table in tables_of(found, "USD", details=False):
        head = f"| {' | '.join(table.headers)} |\n|{' --- |' * len(table.headers)}"
        rows = "\n".join(f"| {' | '.join(row)} |" for row in table.rows)
        parts += [f"### {case.file}: {table.title.lower()}", f"{head}\n{rows}", table.note]
    return "\n\n".join([*parts, *found.notes])


def main() -> None:
    """Run all cases."""
    if not RECORDS.exists():
        sys.exit(f"the records are not at {RECORDS}; set TRUTHBID_RECORDS")
    text = "\n\n".join([ABOUT.strip(), *map(section, CASES)]) + "\n"
    (ROOT / "docs" / "bench-results.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
