"""A journal is read for its report."""

from pathlib import Path

from orchestrator.memory.record import Record
from orchestrator.reports.reading import read
from tests.orchestrator.small_runs import events, write


def test_everything_is_there(tmp_path: Path) -> None:
    """Totals, times, the head of the chain, the auctions and the moments of the small run."""
    listed = events()
    with Record(write(tmp_path / "run.db", listed)) as record:
        found = read(record)
        assert found.head == record.head()
    assert found.summary.events == found.head[0] == len(listed)
    assert found.times == (1_700_000_000.0, 1_700_000_000.0 + len(listed) - 1)
    assert found.stories.seen == 3
    assert [moment.utility for moment in found.timeline.moments()] == [55, 55, 55]
    assert [worker.worker for worker in found.ranked] == ["a", "b"]
