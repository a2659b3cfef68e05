"""Which runs can be taken up, and what a program has to bring for that."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.market import Limits
from orchestrator.memory.chronicle import DivergenceError
from orchestrator.memory.journal import JournalError
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import (
    BidsClosed,
    RunClosed,
    RunOpened,
    RunResumed,
    Started,
    TaskAdded,
)
from tests.orchestrator.interruptions import coordinator, cut_after, run_one, solo
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, Queue, events_of, finished, payments
from workers.verifiers import exact


def test_a_closed_run_cannot_be_resumed(tmp_path: Path) -> None:
    """It is one clear line, and the journal is released again."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    for _ in range(2):
        with pytest.raises(JournalError, match="the run is closed; there is nothing to resume"):
            solo(path, "1", Paced("ann", works=0))


def test_a_running_run_cannot_be_resumed(tmp_path: Path) -> None:
    """The file is locked by the process that writes it."""
    path = tmp_path / "run.db"

    async def main() -> None:
        async with coordinator(path):
            with pytest.raises(JournalError, match="another process is writing this journal"):
                async with coordinator(path, resume=True):
                    pass

    anyio.run(main)


def test_a_missing_run_cannot_be_resumed(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    with pytest.raises(JournalError, match="there is no such journal"):
        solo(tmp_path / "none.db", "1", Paced("ann"))
    assert list(tmp_path.glob("*.db")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": "2"}, "budget is 1000000000 in the journal, 2000000000 now"),
        ({"limits": Limits(batch=4)}, "config.limits.batch is 3 in the journal, 4 now"),
        ({"mechanism": "vcg"}, "config.mechanism.name is 'queue' in the journal, 'vcg' now"),
        (
            {"workers": [Paced("bob", works=0)]},
            "participants.0.worker is 'ann' in the journal, 'bob' now",
        ),
    ],
    ids=["budget", "limits", "mechanism", "workers"],
)
def test_a_run_with_a_changed_configuration_cannot_be_resumed(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """The first field that differs is named with both values; the journal stays as it was."""
    path = tmp_path / "run.db"
    same: dict[str, Any] = {"workers": [Paced("ann", works=0)], "budget": "1", "mechanism": Queue()}
    anyio.run(run_one, coordinator(path, **same))
    before = cut_after(path, TaskAdded)

    with pytest.raises(JournalError) as caught:
        anyio.run(run_one, coordinator(path, **(same | change), resume=True))

    assert str(caught.value) == f"{path}: another run: {said}"
    assert events_of(path) == before
    anyio.run(run_one, coordinator(path, **same, resume=True))


def test_a_worker_that_bids_otherwise_after_a_crash_changes_nothing_that_was_decided(
    tmp_path: Path,
) -> None:
    """Bids of the past are recalled and not asked for again."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", 100, works=0), resume=False)
    before = cut_after(path, BidsClosed)

    solo(path, "1", Paced("ann", 7, works=0))

    assert payments(events_of(path)) == {("a1", "t1", "ann"): 100}
    assert events_of(path)[: len(before)] == before


def test_a_resumed_run_stays_open_until_it_got_its_tasks_again(tmp_path: Path) -> None:
    """Verifiers are code: without the program that brings them nothing ends, and nothing is lost."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    cut_after(path, Started)

    async def leave() -> None:
        async with coordinator(
            path, [Paced("ann", works=0)], mechanism="first-price", budget="1", resume=True
        ):
            pass

    anyio.run(leave)
    assert not any(isinstance(event, RunClosed) for event in events_of(path))
    solo(path, "1", Paced("ann", works=0))
    assert finished(events_of(path))["ends"] == {"t1": "solved"}


def test_a_resumed_run_takes_no_other_task_for_one_on_record(tmp_path: Path) -> None:
    """The first field that differs is named to whoever waits for the task."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    cut_after(path, Started)

    async def other() -> None:
        async with coordinator(
            path, [Paced("ann", works=0)], mechanism="first-price", budget="1", resume=True
        ) as market:
            await market.run(Task("y", "0.000001", exact("right"), id="t1"))

    with pytest.raises(DivergenceError, match=r"task-added t1: lot.prompt is 'x' in the journal"):
        anyio.run(other)


def by_version(path: Path, change: str) -> None:
    """Rewrite the opening of a journal as another version would have written it."""
    events = events_of(path)
    opened = events[0]
    assert isinstance(opened, RunOpened)
    config = {**opened.config, "limits": {**opened.config["limits"]}}
    if change == "lacks a setting":
        del config["limits"]["lost_calls"]
    else:
        config["limits"]["lost_calls"] = "fail"
    events[0] = opened.model_copy(
        update={"version": "0.0.9", "config": config, "run": "other", "config_digest": "other"}
    )
    path.unlink()
    write(path, events)


def test_another_version_goes_on_with_a_run(tmp_path: Path) -> None:
    """Its number does not count, nor a setting that it did not know: that has its default."""
    path = tmp_path / "run.db"
    solo(path, "0.000001", Paced("ann", works=0), resume=False)
    expected = finished(events_of(path))
    cut_after(path, BidsClosed)
    by_version(path, "lacks a setting")
    before = events_of(path)

    solo(path, "0.000001", Paced("ann", works=0))

    events = events_of(path)
    assert events[: len(before)] == before
    assert [e.version for e in events if isinstance(e, RunResumed)] == [version("truthbid")]
    assert finished(events) == expected
    assert replay(path).identical


def test_another_version_with_another_setting_is_told_of_the_setting(tmp_path: Path) -> None:
    """The version, the name and the digest differ too, and are not what stands in the way."""
    path = tmp_path / "run.db"
    solo(path, "0.000001", Paced("ann", works=0), resume=False)
    cut_after(path, BidsClosed)
    by_version(path, "has another setting")

    with pytest.raises(JournalError) as caught:
        solo(path, "0.000001", Paced("ann", works=0))

    said = "another run: config.limits.lost_calls is 'fail' in the journal, 'retry' now"
    assert str(caught.value) == f"{path}: {said}"
