"""A configured workflow from its first task to its last."""

from pathlib import Path

import anyio
import pytest

from orchestrator.bootstrap import assemble
from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.strict_yaml.loader import load
from orchestrator.verification import verify
from orchestrator.workflow import work
from protocols.events import Event, RunClosed, TaskEnded

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(
    ("name", "overrides"),
    [("quickstart", ()), ("recorded", ()), ("simulated", ("generate.count=60",))],
)
def test_shipped_workflows_run_verify_and_replay(
    tmp_path: Path, backend: str, name: str, overrides: tuple[str, ...]
) -> None:
    """Every task ends, the listeners hear every event, and the journal proves it all."""
    config = load(CONFIGS / f"{name}.yaml", RunConfig, overrides, {})
    fleet = assemble(config, CONFIGS)
    path = tmp_path / "run.db"
    first: list[Event] = []
    second: list[Event] = []

    market = Coordinator.configured(config, fleet, path)
    anyio.run(work, market, fleet, [first.append, second.append], backend=backend)

    with Record(path) as record:
        assert [entry.event for entry in record.entries()] == first == second
        assert verify(record).problems == ()
    assert isinstance(first[-1], RunClosed)
    assert sum(isinstance(event, TaskEnded) for event in first) == len(fleet.tasks)
    assert replay(path).identical


def test_the_event_loop_changes_nothing(tmp_path: Path) -> None:
    """The same seed gives the same journal on asyncio and on trio."""
    journals: list[list[Event]] = []
    for backend in ("asyncio", "trio"):
        config = load(CONFIGS / "quickstart.yaml", RunConfig, (), {})
        fleet = assemble(config, CONFIGS)
        heard: list[Event] = []
        market = Coordinator.configured(config, fleet, tmp_path / f"{backend}.db")
        anyio.run(work, market, fleet, [heard.append], backend=backend)
        journals.append(sorted(heard, key=lambda event: event.key))

    assert journals[0] == journals[1]
