"""Tests of the table of standings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.exports.standings_table import STANDINGS
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.peer_settings import PeerSettings
from orchestrator.task import Task
from protocols.mechanism import Allocation, Mechanism, Properties, Standings
from protocols.messages import Announcement, Bid
from tests.orchestrator.exports.exporting import rows
from tests.orchestrator.labelling import GOOD, fleet, label_tasks
from tests.orchestrator.small_runs import TASKS, liar_and_honest
from workers.ports import Worker

pytestmark = pytest.mark.anyio


class _Seen:
    """Lets another mechanism decide, and keeps what it was shown."""

    def __init__(self, inner: Mechanism) -> None:
        self._inner = inner
        self.name = inner.name
        self.shown: list[tuple[str, str, str, float, float, float, int | None, int | None]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def properties(self) -> Properties:
        """What the other promises."""
        return self._inner.properties

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear as the other does."""
        self.shown += [
            (
                announcement.announcement,
                worker,
                kind,
                *standing.model_dump(exclude={"confidences"}).values(),
            )
            for (worker, kind), standing in standings.items()
        ]
        return self._inner.clear(announcement, bids, standings, seed)


async def _run(
    path: Path,
    workers: list[Worker],
    tasks: Sequence[Task],
    settings: dict[str, Any],
    limits: Limits,
    peer: PeerSettings | None = None,
) -> _Seen:
    """Run tasks and return what the mechanism was shown; the journal knows its settings."""
    market = Coordinator(workers, mechanism=settings, journal=path, limits=limits, peer=peer)
    seen = _Seen(mechanism_from(settings)[1])
    vars(market)["_mechanism"] = seen if peer is None else PeerSettings().paid(seen)
    async with market:
        await market.run_all(tasks[: len(tasks) // 2])
        await market.run_all(tasks[len(tasks) // 2 :])
    return seen


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "contingent-vcg", "stake": "0.02"},
        {"name": "contingent-vcg", "stake": "0.02", "forecast": "recalibrated"},
        {"name": "escalation"},
    ],
)
async def test_rows_are_what_the_rule_was_shown(tmp_path: Path, settings: dict[str, Any]) -> None:
    """The table equals the snapshots that the mechanism got, announcement by announcement."""
    path, limits = tmp_path / "run.db", Limits(batch=3, attempts=1, announcements=1)
    seen = await _run(path, liar_and_honest(), TASKS, settings, limits)
    assert [tuple(row.values()) for row in rows(path, STANDINGS)] == seen.shown
    assert seen.shown


async def test_copies_count_when_their_peers_have_spoken(tmp_path: Path) -> None:
    """Awards that are settled after their announcement has closed move the standings then."""
    path, limits = tmp_path / "run.db", Limits(batch=2, announcements=1)
    tasks = label_tasks(60)
    seen = await _run(path, fleet(GOOD), tasks, {"name": "vcg"}, limits, PeerSettings())
    assert [tuple(row.values()) for row in rows(path, STANDINGS)] == seen.shown
    assert seen.shown
