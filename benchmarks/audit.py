"""Auctions that an audit plays per second: one worker's lie against the truth, two lots, standings kept.

The population is that of ``configs/simulated.yaml``, six workers. Every replication plays the same
auctions 19 times: honestly and with each of 18 lies. A process takes a while to start, once in an
audit, so that is measured on two replications and taken off. Best of three rounds. The rates are
wall time and hang on what else the machine does; the processor time per auction hardly does: two
processes on two free cores bring twice what one brings, divided by what an auction costs more then;
what is above 2 there is noise.
"""

import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

from orchestrator.audit.ground import Ground, settings_of
from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.study import Plan, conduct
from orchestrator.verbs.options import read

CONFIG = Path(__file__).resolve().parent.parent / "configs" / "simulated.yaml"
RULES = ("contingent-vcg", "first-price", "sequential-pivot", "share", "escalation")
START, REPLICATIONS, ROUNDS, REPEATED = 2, 74, 30, 3


class Spent(NamedTuple):
    """Seconds on the wall, and of processor time in all processes."""

    wall: float
    processor: float


def report() -> str:
    """Return the table."""
    config, fleet = read(CONFIG, [])
    header = (
        "mechanism | auctions/s, one process | two | ratio | µs of processor each, one | two"
        " | two free cores bring | start of two"
    )
    rows = [f"| {header} |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    load = os.getloadavg()[0]
    for name in RULES:
        rules = {name: settings_of({"name": name}, config)}
        ground = Ground(CONFIG, config, fleet.folder, False, rules, 0, 2)
        (one, _), (two, start) = (_per_auction(name, ground, processes) for processes in (1, 2))
        rows.append(
            f"| {name} | {1 / one.wall:,.0f} | {1 / two.wall:,.0f} | {one.wall / two.wall:.2f}"
            f" | {one.processor * 1e6:.0f} | {two.processor * 1e6:.0f}"
            f" | {2 * one.processor / two.processor:.2f} | {start.processor:.1f} s |"
        )
    rows.append(f"\nOther work on this machine while it was measured: a load of {load:.1f}.")
    return "\n".join(rows)


def _per_auction(name: str, ground: Ground, processes: int) -> tuple[Spent, Spent]:
    """Return what an auction takes once the processes have started, and what starting takes."""
    starts = [_spent(name, ground, processes, START) for _ in range(REPEATED)]
    start = Spent(*map(min, zip(*starts, strict=True)))
    whole = [_spent(name, ground, processes, REPLICATIONS) for _ in range(REPEATED)]
    auctions = (REPLICATIONS - START) * ROUNDS * (len(MISREPORTS) + 1)
    least = Spent(*map(min, zip(*whole, strict=True)))
    return Spent(*((a - b) / auctions for a, b in zip(least, start, strict=True))), start


def _spent(name: str, ground: Ground, processes: int, replications: int) -> Spent:
    plan = Plan(tuple(MISREPORTS), replications, ROUNDS, dynamics=False)
    before, began = _processor(), time.perf_counter()
    conduct(plan, [name], ground, processes=processes)
    return Spent(time.perf_counter() - began, _processor() - before)


def _processor() -> float:
    """Return the processor time of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
