"""Auctions drawn from a journal: as they were held, with reports corrected by how work ended."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from orchestrator.audit.history import Past
from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.verbs.options import read
from orchestrator.workflow import work
from protocols.events import BidsClosed
from tests.orchestrator.command import CONFIGS

TASKS = 200


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of a simulated run."""
    target = tmp_path_factory.mktemp("past") / "run.db"
    config, fleet = read(CONFIGS / "simulated.yaml", [f"generate.count={TASKS}"])
    anyio.run(partial(work, Coordinator.configured(config, fleet, target), fleet, []))
    return target


def test_auctions_are_drawn_as_they_were_held(journal: Path) -> None:
    """The same number gives the same ones, with all bids of the chosen lots."""
    with Record(journal) as record:
        past, again = Past(record, 1, 2), Past(record, 1, 2)
    assert past.scenes(3, 5) == again.scenes(3, 5)
    assert set(past.workers) == {"nano", "coder", "writer", "large", "bold", "flaky"}
    for scene in past.scenes(0, 20):
        assert 1 <= len(scene.announcement.lots) <= 2
        assert {task for _, task in scene.known} == {lot.task for lot in scene.announcement.lots}


def test_claims_are_corrected_by_how_the_work_ended(journal: Path) -> None:
    """Who claims far more than it can do is believed less than it says."""
    with Record(journal) as record:
        said = [
            bid.probability
            for entry in record.entries()
            if isinstance(entry.event, BidsClosed)
            for bid in entry.event.bids
            if bid.worker == "bold"
        ]
        past = Past(record, 1, 25)
    believed = [
        bid.probability
        for scene in past.scenes(0, 40)
        for bid in scene.known.values()
        if bid.worker == "bold"
    ]
    assert sum(believed) / len(believed) < sum(said) / len(said) - 0.05


def test_accepted_prices_are_no_costs(tmp_path: Path) -> None:
    """Where the workers were asked price by price there is nothing to start from."""
    path, rule = tmp_path / "run.db", "mechanism={name: english, rounds: true}"
    config, fleet = read(CONFIGS / "simulated.yaml", [rule, "generate.count=4"])
    anyio.run(partial(work, Coordinator.configured(config, fleet, path), fleet, []))
    with Record(path) as record, pytest.raises(JournalError, match="price by price"):
        Past(record, 1, 2)
