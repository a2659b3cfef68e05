"""Killed at every write: the run that is resumed ends as if nothing had happened."""

from functools import partial
from pathlib import Path
from random import Random

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.verification import verify
from protocols.decommitment import Withdrawn
from protocols.events import Announced, Event, RunClosed, TaskEnded
from tests.orchestrator.crash_run import (
    COPIED,
    HOPELESS,
    JUDGED,
    LIMITS,
    OFF,
    SETTINGS,
    crash_fleet,
    crash_tasks,
    outcome,
    run_through,
)
from tests.orchestrator.journals import write
from tests.orchestrator.markets import finished, virtually
from tests.soak.soak import Mortal
from tests.soak.store import Disk, Fate, FaultyStore, KilledError
from tests.workers.virtual_time import BACKENDS

PACE = 10.0


def process(
    mechanism: str, disk: Disk, fate: Fate, folder: Path, backend: str = "asyncio"
) -> Coordinator | None:
    """Let one process live on a disk; return its market, or ``None`` if it has died."""
    past = write(folder / f"{len(disk.events)}.db", disk.events) if disk.events else None
    store = FaultyStore(disk, fate, Random(len(disk.events)))
    settings = SETTINGS[mechanism]
    market = Mortal(store, past, crash_fleet(PACE), limits=LIMITS, seed=5, budget=1, **settings)
    try:
        virtually(partial(run_through, market, mechanism), backend)
    except KilledError:
        return None
    except BaseExceptionGroup as group:
        if group.split(KilledError)[1] is not None:
            raise
        return None
    finally:
        if past is not None:
            past.unlink()
    return market


def whole(mechanism: str, folder: Path) -> tuple[dict[str, object], list[Event]]:
    """Return what an uninterrupted run comes to, and its events."""
    disk = Disk()
    market = process(mechanism, disk, Fate(), folder)
    assert market is not None
    return outcome(market, disk.events), disk.events


def killed(mechanism: str, last: int, expected: dict[str, object], folder: Path) -> None:
    """Kill a run at one write, resume it, and compare."""
    disk, backend = Disk(), list(BACKENDS)[last % 2]
    fate = Fate(dies_at=last, keeps_last=last % 4 < 2, slowness=0.5)
    assert process(mechanism, disk, fate, folder, backend) is None
    left = list(disk.events)
    if left and isinstance(left[-1], RunClosed):
        assert finished(left) == {key: expected[key] for key in finished(left)}
        return

    market = process(mechanism, disk, Fate(), folder, backend)

    assert market is not None
    assert disk.events[: len(left)] == left
    assert outcome(market, disk.events) == expected, last
    path = write(folder / "resumed.db", disk.events)
    with Record(path) as record:
        assert verify(record).problems == ()
    if last % 5 == 0:
        assert replay(path).identical, last
    path.unlink()


@pytest.mark.parametrize("mechanism", SETTINGS)
def test_the_run_has_something_of_everything(mechanism: str, tmp_path: Path) -> None:
    """Thirty-four tasks: solved, failed after two tries, called off at work, skipped, judged, copied."""
    _, events = whole(mechanism, tmp_path)

    ends = {str(event.task): str(event.state) for event in events if isinstance(event, TaskEnded)}
    assert len(ends) == len(crash_tasks(mechanism)) == 34
    assert (ends[HOPELESS], ends[OFF], ends["never"]) == ("failed", "cancelled", "skipped")
    assert (ends[JUDGED], ends["after"]) == ("solved", "solved")
    assert ends.get(COPIED, "solved") == "solved"
    announced = [e.announcement for e in events if isinstance(e, Announced)]
    again = [lot.task for call in announced for lot in call.lots if lot.parent is not None]
    assert HOPELESS in again
    assert [event.task for event in events if isinstance(event, Withdrawn)] == [OFF]


@pytest.mark.parametrize("mechanism", SETTINGS)
def test_a_run_killed_at_some_writes_ends_as_if_it_had_not_been(
    mechanism: str, tmp_path: Path
) -> None:
    """Every thirteenth write; `make test-all` tries them all."""
    expected, events = whole(mechanism, tmp_path)
    for last in range(1, len(events) + 1, 13):
        killed(mechanism, last, expected, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("mechanism", SETTINGS)
def test_a_run_killed_at_any_write_ends_as_if_it_had_not_been(
    mechanism: str, tmp_path: Path
) -> None:
    """For each write: same awards, payments, ends and books; the reserves of lost calls on top."""
    expected, events = whole(mechanism, tmp_path)
    assert len(events) > 250
    for last in range(1, len(events) + 1):
        killed(mechanism, last, expected, tmp_path)
