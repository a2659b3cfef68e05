"""Auctions that an audit plays per second: one worker's lie against the truth, two lots, standings kept.

Wall time, and what a second process brings on this machine; the population is that of
``configs/simulated.yaml``, six workers. Every replication plays the same auctions 19 times: honestly
and with each of 18 lies.
"""

import time
from pathlib import Path

from orchestrator.audit.ground import Ground, settings_of
from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.study import Plan, conduct
from orchestrator.verbs.options import read

CONFIG = Path(__file__).resolve().parent.parent / "configs" / "simulated.yaml"
RULES = ("contingent-vcg", "first-price", "sequential-pivot", "share")
PLAN = Plan(tuple(MISREPORTS), replications=36, rounds=30, dynamics=False)


def report() -> str:
    """Return the table."""
    config, fleet = read(CONFIG, [])
    rows = [
        "| mechanism | auctions/s, one process | two processes | ratio |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in RULES:
        ground = Ground(
            CONFIG, config, fleet.folder, False, {name: settings_of({"name": name}, config)}, 0, 2
        )
        one, two = (_rate(name, ground, processes) for processes in (1, 2))
        rows.append(f"| {name} | {one:,.0f} | {two:,.0f} | {two / one:.2f} |")
    return "\n".join(rows)


def _rate(name: str, ground: Ground, processes: int) -> float:
    began = time.perf_counter()
    conduct(PLAN, [name], ground, processes=processes)
    auctions = PLAN.replications * PLAN.rounds * (len(PLAN.misreports) + 1)
    return auctions / (time.perf_counter() - began)
