"""Runs the market on recorded outcomes of real models and writes docs/results.md.

The records are not part of this repository: they are read from the folder that ``TRUTHBID_RECORDS``
names, else from ``../shared/data``.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import anyio

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.baselines import Baselines
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.verbs.options import read
from orchestrator.verbs.showing import compared
from orchestrator.verification import verify
from orchestrator.workflow import work

ROOT = Path(__file__).resolve().parent.parent
RECORDS = Path(os.environ.get("TRUTHBID_RECORDS", ROOT.parent / "shared" / "data"))

CONF11 = (
    "records.columns={question: question_id, worker: model, correct: correct,"
    " cost: cost_usd_scenario, confidence: confidence, kind: task}"
)
OPENHANDS = (
    "records.columns={question: question_id, worker: model, correct: correct, cost: cost_usd,"
    " kind: task}"
)


class Case(NamedTuple):
    """One run: which records, and how the workers form their bids."""

    title: str
    file: str
    settings: tuple[str, ...]


HISTORY = ("records.bid.probability=history",)
STATED = ("records.bid.probability=recorded",)
RECALIBRATED = (*STATED, "mechanism.forecast=recalibrated")

CASES = (
    Case("conf11, bids from own history (nothing known at the start)", "conf11",
         (CONF11, "records.value=0.01", "mechanism.stake=0.002", *HISTORY)),
    Case("conf11, bids from stated confidence, taken as stated", "conf11",
         (CONF11, "records.value=0.01", "mechanism.stake=0.002", *STATED)),
    Case("conf11, bids from stated confidence, awarded by recalibrated forecasts", "conf11",
         (CONF11, "records.value=0.01", "mechanism.stake=0.002", *RECALIBRATED)),
    Case("openhands34, bids from own history (nothing known at the start)", "openhands34",
         (OPENHANDS, "records.value=20", "mechanism.stake=2", *HISTORY)),
)  # fmt: skip


def run(case: Case) -> str:
    """Run a case and return its section."""
    overrides = (
        f"name={case.file}",
        f"records.path={RECORDS / 'routing' / (case.file + '.csv.gz')}",
        "records.shuffle=true",
        *case.settings,
    )
    config, fleet = read(ROOT / "configs" / "recorded.yaml", overrides)
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "run.db"
        start = time.process_time()
        anyio.run(work, Coordinator.configured(config, fleet, journal), fleet, ())
        seconds = time.process_time() - start
        found = replay(journal)
        with Record(journal) as record:
            sound = verify(record)
            baselines = compared(record, fleet)
    if baselines is None:
        raise RuntimeError("recorded workers can always be asked again")
    proofs = (
        f"{len(fleet.tasks):,} tasks, {len(fleet.workers)} workers, {found.events:,} events,"
        f" {seconds:.1f} s of processor time. Replay:"
        f" {'identical' if found.identical else 'NOT IDENTICAL'}. Journal:"
        f" {'sound' if not sound.problems else 'NOT SOUND'}."
    )
    return "\n".join([f"## {case.title}", "", proofs, "", *_rows(baselines)])


def _rows(baselines: Baselines) -> Sequence[str]:
    lines = [
        "| who gets each task | right | cost a task | utility a task | difference to the market |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in baselines.rows:
        difference = f"{row.difference:+.5f} (± {row.error:.5f})" if row.error else ""
        lines.append(
            f"| {row.label} | {row.accuracy:.1%} | {row.cost:.5f} | {row.utility:.5f} |"
            f" {difference} |"
        )
    return lines


ABOUT = """# Results on recorded outcomes

Made by `python -m scripts.recorded_tables` from real outcomes that are not part of this repository. conf11: eleven
models on 4,412 questions of six kinds, a right answer worth 0.01 USD, the cost of each answer with assumed
hidden reasoning tokens (NoamMichael/Comparing-Confidence-in-LLMs, MIT). openhands34: 34 agents on 726 software
tasks, a solved one worth 20 USD, recorded dollars per run (OpenHands/openhands-index-results, MIT).

Utility is value of the successes less metered cost, a task, in USD. Every rule awards the same tasks. "Best single
worker" is chosen in hindsight and the oracle knows the outcomes; the others see what the market sees. Standard
errors are by a paired bootstrap over tasks. The market learns only from what it awarded, eight tasks at a time,
and pays for what it tries. The cost bid is a worker's mean cost at the kind of task. A stated confidence was given
*with* the answer; to use it as a bid is an upper bound. The settings of `configs/recorded.yaml` were tried out on
these same records, so they are a demonstration and not a held-out test.

What to read from it: starting from nothing, the market does better than the cheapest, a random and the loudest
worker. On conf11 it comes within two per cent of the best single model in hindsight; on openhands34, where 726
tasks are few for 34 unknown agents, it stays well below the best one. The confidences that these models state are a
poor bid, whatever the rule, and recalibrating them from awarded tasks alone does not repair that here.
"""


def main() -> None:
    """Run all cases."""
    if not RECORDS.exists():
        sys.exit(f"the records are not at {RECORDS}; set TRUTHBID_RECORDS")
    sections = [ABOUT]
    for case in CASES:
        print(case.title, file=sys.stderr)
        sections.append(run(case))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory so far: {peak:.0f} MiB", file=sys.stderr)
    (ROOT / "docs" / "results.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
