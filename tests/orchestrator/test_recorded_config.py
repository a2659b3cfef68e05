"""Tests of getting the configuration of a run back from its journal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import JournalError
from orchestrator.recorded_config import FOLDER, WORKFLOW, recorded_config
from orchestrator.strict_yaml.loader import load
from tests.orchestrator.command import truthbid, workflow
from workers.simulated import SimulatedWorker

pytestmark = pytest.mark.anyio


async def _journal(path: Path, config: Mapping[str, Any]) -> Path:
    worker = SimulatedWorker("ada", skill=1.0)
    async with Coordinator([worker], journal=path, config=config):
        pass
    return path


def test_a_run_remembers_its_workflow(tmp_path: Path) -> None:
    """The configuration comes back as it was, overrides included, with its folder."""
    path = workflow(tmp_path)
    truthbid("run", path, "--set", "seed=9", "--journal", tmp_path / "run.db", "--quiet")
    config, folder = recorded_config(tmp_path / "run.db")
    assert config == load(path, RunConfig, ["seed=9"])
    assert folder == tmp_path


async def test_a_run_of_a_program_has_none(tmp_path: Path) -> None:
    """A run that a program opened can only be resumed by that program."""
    journal = await _journal(tmp_path / "run.db", {})
    with pytest.raises(JournalError, match="opened by a program; resume it there"):
        recorded_config(journal)


async def test_a_strange_workflow_is_one_line(tmp_path: Path) -> None:
    """A configuration that this version does not know is refused in one line."""
    journal = await _journal(tmp_path / "run.db", {WORKFLOW: {"sed": 3}, FOLDER: "."})
    with pytest.raises(JournalError, match="not a configuration of this version: sed: ") as caught:
        recorded_config(journal)
    assert "\n" not in str(caught.value)
