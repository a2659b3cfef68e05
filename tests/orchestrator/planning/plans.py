"""Drafts, briefs and markets for the tests of planning."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.planning.settings import PlanningSettings
from protocols.messages import Lot
from workers.fencing import unfenced
from workers.function import FunctionWorker
from workers.planning.draft import Brief
from workers.planning.planner import Planner, ScriptedPlanner

KINDS = {"text": "", "sums": "sums"}


def brief(**more: Any) -> Brief:
    """Return what a planner is told: three tasks and four items at most, worth one unit."""
    told: dict[str, Any] = {
        "goal": "a report",
        "kinds": KINDS,
        "checks": ("exact", "numeric", "regex", "json-schema"),
        "tasks": 3,
        "items": 4,
        "value": 10**9,
    }
    return Brief(**{**told, **more})


def drafted(name: str = "a", **more: Any) -> dict[str, Any]:
    """Return a drafted task that is right, but for what is changed."""
    task: dict[str, Any] = {
        "id": name,
        "kind": "text",
        "prompt": f"do {name}",
        "value": 0.1,
        "needs": [],
        "items": None,
        "each": None,
        "most": None,
        "check": {"type": "regex", "expect": "."},
    }
    return {**task, **more}


def draft(*tasks: dict[str, Any]) -> str:
    """Return a draft as a planner says it."""
    return json.dumps({"tasks": tasks})


class Echo(FunctionWorker):
    """Answers what a prompt asks for behind ``say``; fails at tasks whose prompt says so."""

    def __init__(self, name: str = "echo") -> None:
        super().__init__(name, self._say, cost="0.001", confidence=0.9, blocking=False)
        self.lots: list[Lot] = []

    def _say(self, lot: Lot) -> str | None:
        self.lots.append(lot)
        prompt = unfenced(lot.prompt)
        if "give up" in prompt:
            return None
        return prompt.partition("say ")[2] or prompt


def market(
    planner: Planner | Sequence[str], journal: Path | None = None, **more: Any
) -> Coordinator:
    """Return a market with one worker, which is asked once."""
    more.setdefault("planning", PlanningSettings(kinds=KINDS))
    more.setdefault("budget", 1)
    return Coordinator(
        more.pop("workers", None) or [Echo()],
        planner=planner if isinstance(planner, Planner) else ScriptedPlanner(planner),
        journal=journal,
        mechanism={"name": "contingent-vcg", "stake": "0.005"},
        limits=Limits(attempts=1),
        **more,
    )
