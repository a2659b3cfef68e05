"""Tests of carrying out the cells of a sweep."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.sweep.cells import Job, carry_out, cell_overrides, check, is_done
from orchestrator.sweep.grid import grid
from protocols.events import TaskEnded
from tests.orchestrator.command import CONFIGS
from tests.orchestrator.interruptions import cut_after

CONFIG = CONFIGS / "sweep.yaml"
SMALL = ("generate.count=12",)
CELLS = grid({"mechanism": ["contingent-vcg", "vickrey"], "seed": [1, 2]})


def _jobs(folder: Path) -> list[Job]:
    return [Job(CONFIG, cell_overrides(SMALL, cell), folder / cell.file) for cell in CELLS]


def test_processes_change_nothing(tmp_path: Path) -> None:
    """Two processes write the same events as one, and every journal is replayed identically."""
    calls: list[int] = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        folder.mkdir()
        assert carry_out(_jobs(folder), processes, lambda: calls.append(1)) == []
    assert len(calls) == 8
    for cell in CELLS:
        told: list[list[object]] = []
        for processes in (1, 2):
            path = tmp_path / str(processes) / cell.file
            assert replay(path).identical
            with Record(path) as record:
                events = [entry.event for entry in record.entries()]
                told.append([event for event in events if event.event != "run-opened"])
        assert told[0] == told[1]


def test_a_cell_knows_whether_it_is_done(tmp_path: Path) -> None:
    """Before the run there is no journal; after it the journal is whole."""
    job, cell = _jobs(tmp_path)[0], CELLS[0]
    config, folder = check(CONFIG, SMALL, cell)
    assert is_done(job.journal, config, folder) is None
    carry_out([job], 1)
    assert is_done(job.journal, config, folder) is True


def test_an_interrupted_cell_goes_on(tmp_path: Path) -> None:
    """A journal that ends in the middle is resumed, and comes to what it would have come to."""
    job, cell = _jobs(tmp_path)[0], CELLS[0]
    config, folder = check(CONFIG, SMALL, cell)
    carry_out([job], 1)
    whole = _endings(job.journal)
    cut_after(job.journal, TaskEnded)
    assert is_done(job.journal, config, folder) is False
    carry_out([job._replace(resume=True)], 1)
    assert is_done(job.journal, config, folder) is True
    assert _endings(job.journal) == whole


def _endings(journal: Path) -> list[TaskEnded]:
    with Record(journal) as record:
        return list(record.of(TaskEnded))


def test_a_journal_of_other_settings_is_not_taken(tmp_path: Path) -> None:
    """What lies there from another sweep is neither skipped nor overwritten."""
    job = _jobs(tmp_path)[0]
    carry_out([job], 1)
    config, folder = check(CONFIG, ("generate.count=13",), CELLS[0])
    with pytest.raises(InputError, match="holds a run with other settings"):
        is_done(job.journal, config, folder)


def test_a_wrong_value_is_named_with_its_path() -> None:
    """The message says that it is the sweep that is wrong, and which setting of it."""
    (cell,) = grid({"mechanism": ["vicrey"]})
    with pytest.raises(InputError) as caught:
        check(CONFIG, (), cell)
    assert str(caught.value).startswith(f'{CONFIG} sweep: mechanism="vicrey" ')
