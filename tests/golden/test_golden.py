"""What released versions have written stays readable, and means the same."""

import json
import shutil
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.verification import verify
from protocols.events import RunResumed
from tests.golden.make import FOLDER, MECHANISM, told
from tests.orchestrator.crash_run import LIMITS, SETTINGS, crash_fleet, run_through
from tests.orchestrator.journals import write
from tests.orchestrator.markets import events_of, finished

GOLDEN = sorted(FOLDER.glob("*.db"))


@pytest.fixture(params=GOLDEN, ids=[path.stem for path in GOLDEN])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the journal of one version, and of what it came to."""
    golden: Path = request.param
    shutil.copy(golden.with_suffix(".json"), tmp_path)
    return Path(shutil.copy(golden, tmp_path))


def test_there_is_a_golden_journal() -> None:
    """So that the tests below test something."""
    assert GOLDEN


def test_a_golden_journal_is_sound_and_replayed(path: Path) -> None:
    """Its chain, its books, and every decision by the code of today; the file stays as it is."""
    before = path.read_bytes()
    with Record(path) as record:
        assert verify(record).problems == ()
        assert any(record.of(RunResumed))
    assert replay(path).identical
    assert path.read_bytes() == before


def test_a_golden_journal_means_what_it_meant(path: Path) -> None:
    """Every total that was known then is the same now; new ones may have been added."""
    then = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert _common(told(path), then) == then


def test_an_unfinished_golden_run_is_finished_today(path: Path) -> None:
    """Cut off at some places and resumed by this version, it ends as it did."""
    events = events_of(path)
    for length in range(20, len(events), 120):
        cut = write(path.with_name(f"{length}.db"), events[:length])
        market = Coordinator(
            crash_fleet(0.0),
            journal=cut,
            limits=LIMITS,
            seed=5,
            budget=1,
            resume=True,
            **SETTINGS[MECHANISM],
        )
        anyio.run(run_through, market, MECHANISM)
        assert finished(events_of(cut)) == finished(events)
        assert replay(cut).identical


def _common(now: Any, then: Any) -> Any:
    """Return what of today's data has a counterpart in that of then."""
    match then:
        case {**known}:
            return {key: _common(now[key], value) for key, value in known.items() if key in now}
        case [*items]:
            return [_common(*pair) for pair in zip(now, items, strict=True)]
        case _:
            return now
