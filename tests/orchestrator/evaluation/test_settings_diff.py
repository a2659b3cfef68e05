"""Which settings of two runs differ."""

from typing import Any

from orchestrator.evaluation.settings_diff import ABSENT, Setting, settings_diff
from protocols.events import RunOpened
from protocols.units import Money


def opened(budget: int | None = 5, version: str = "1", **config: Any) -> RunOpened:
    """Return an opening event with a configuration."""
    return RunOpened(
        run="r",
        version=version,
        seed=0,
        currency="USD",
        budget=None if budget is None else Money(budget),
        participants=(),
        config={"mechanism": {"name": "vcg"}, "limits": {"batch": 3}, **config},
        config_digest="d",
    )


def workflow(**changed: Any) -> dict[str, Any]:
    """Return a workflow with two workers."""
    workers = [{"id": "ada", "cost": "0.1"}, {"id": "bob", "cost": "0.2"}]
    return {"seed": 1, "journal": "x.db", "workers": workers, **changed}


def test_nothing_differs() -> None:
    """A run has the settings of itself; where its journal lies is no setting."""
    first = opened(workflow=workflow(), folder="/a")
    assert settings_diff(first, opened(workflow=workflow(journal="y.db"), folder="/b")) == []


def test_entries_of_lists_are_found_by_their_ids() -> None:
    """Workers that come in another order are the same; a changed one is named, as is a new one."""
    others = [{"id": "bob", "cost": "0.3"}, {"id": "ada", "cost": "0.1"}, {"id": "cy"}]
    found = settings_diff(opened(workflow=workflow()), opened(workflow=workflow(workers=others)))
    assert found == [
        Setting("workers.bob.cost", "0.2", "0.3"),
        Setting("workers.cy", ABSENT, "cy"),
    ]


def test_without_a_workflow() -> None:
    """A run that a program opened has its budget, limits and mechanism compared."""
    other = opened(None, "2", limits={"batch": 4})
    assert settings_diff(opened(), other) == [
        Setting("version", "1", "2"),
        Setting("market.batch", 3, 4),
        Setting("budget", 5, None),
    ]


def test_lists_without_ids_go_by_place() -> None:
    """Where entries have no ids their places count, from 0."""
    found = settings_diff(opened(workflow={"a": [1, 2]}), opened(workflow={"a": [1, 3]}))
    assert found == [Setting("a.1", 2, 3)]
