"""An audit depends on its plan and seed alone, not on how many processes play it."""

from pathlib import Path

from orchestrator.audit.ground import Ground, settings_of
from orchestrator.audit.study import Plan, conduct, jobs
from orchestrator.verbs.options import read
from tests.orchestrator.command import CONFIGS

PLAN = Plan(("cost-over", "ring-dear"), replications=4, rounds=3)


def ground(*names: str) -> Ground:
    """Return the quickstart as a ground for some mechanisms."""
    config, fleet = read(CONFIGS / "quickstart.yaml", [])
    rules = {name: settings_of({"name": name}, config) for name in names}
    return Ground(Path("quickstart.yaml"), config, fleet.folder, False, rules, 1, 2)


def test_processes_change_nothing() -> None:
    """One process in a row and two side by side find the same."""
    place, names = ground("first-price", "optimal"), ["first-price", "optimal"]
    assert conduct(PLAN, names, place) == conduct(PLAN, names, place, processes=2)


def test_every_piece_of_work_is_reported() -> None:
    """A bar can be drawn: as many steps as there are jobs."""
    steps: list[None] = []
    conduct(PLAN, ["first-price"], ground("first-price"), progress=lambda: steps.append(None))
    assert len(steps) == len(jobs(PLAN, ["first-price"])) == 5
