"""Small populations for the tests of audits."""

from pathlib import Path

from orchestrator.audit.population import Crowd
from orchestrator.bootstrap import Fleet
from orchestrator.task import Task
from workers.simulated import SimulatedWorker

SKILLS = {
    "ann": (0.9, "0.010"),
    "ben": (0.7, "0.003"),
    "cyd": (0.6, "0.001"),
    "dan": (0.8, "0.006"),
}


def crowd(lots: int = 1, seed: int = 3, **strategies: str) -> Crowd:
    """Return four simulated workers and one kind of task worth 0.05."""
    workers = [
        SimulatedWorker(
            name,
            skill=skill,
            skill_spread=0.5,
            cost=cost,
            cost_spread=0.3,
            strategy=strategies.get(name, "truthful"),
            seed=seed,
        )
        for name, (skill, cost) in SKILLS.items()
    ]
    return Crowd(Fleet(list(workers), [Task("do it", value="0.05")], Path()), seed, lots)
