"""What a rule could know: the fold over a journal next to what the engine itself had."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.auction.lifecycle import Auction
from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.decided import opening, turns
from orchestrator.evaluation.known import Known, book_of, decided
from orchestrator.fork import fork
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.memory.standings import standing_book
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.decommitment import Withdrawn
from protocols.escalation import Escalation
from protocols.events import Announced, Closed, Event, RunOpened, Settled, Unsettled
from protocols.mechanism import Standing, Standings
from tests.orchestrator.cancelling import run as cancelled
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.labelling import GOOD, fleet, label_tasks
from tests.orchestrator.markets import Paced
from tests.orchestrator.small_runs import FIRST, T1, TASKS, A, B, events, liar_and_honest, write
from workers.ports import Worker

RUNS: dict[str, dict[str, Any]] = {
    "recalibrated": {"mechanism": {"name": "contingent-vcg", "forecast": "recalibrated"}},
    "deposits": {"mechanism": {"name": "deposit-vcg", "deposit": "0.3", "stake": "0.05"}},
    "clock": {"mechanism": {"name": "english", "step": "0.1", "rounds": True}},
}


def engine_had(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Standings]]:
    """Return the standings with which each announcement of a journal is made in a replay."""
    had: list[tuple[str, Standings]] = []
    announce = Auction.announce

    def watched(auction: Auction) -> None:
        announce(auction)
        had.append((auction.announcement.announcement, vars(auction)["_standings"]))

    with monkeypatch.context() as patched:
        patched.setattr(Auction, "announce", watched)
        assert replay(path).identical
    return had


def folded(path: Path) -> list[tuple[str, Standings]]:
    """Return the standings that the fold finds for each announcement."""
    with Record(path) as record:
        known = Known(book_of(opening(record)))
        return [
            (turn.held.announcement.announcement, found)
            for turn in turns(record)
            if (found := known.take(turn)) is not None and turn.held is not None
        ]


def check(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Standing]:
    """Check that the fold finds what the engine had; return the standings at the last announcement."""
    had = engine_had(path, monkeypatch)
    assert folded(path) == had
    return list(had[-1][1].values())


def run(path: Path, workers: Sequence[Worker], *tasks: Sequence[Task], **settings: Any) -> Path:
    """Have tasks done and recorded, one group after the other."""

    async def main() -> None:
        async with Coordinator(workers, journal=path, **settings) as market:
            for group in tasks:
                await market.run_all(group)

    anyio.run(main)
    return path


@pytest.mark.parametrize("name", ["quickstart", "escalation", "peer"])
def test_a_configured_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes, confidences stated with answers and settlements by peers are all taken in."""
    path = tmp_path / "run.db"
    assert truthbid("run", CONFIGS / f"{name}.yaml", "--journal", path, "--quiet").code < 2
    last = check(path, monkeypatch)
    assert any(standing.quality != 0.5 for standing in last) is (name != "peer")  # one batch
    assert any(standing.confidences for standing in last) is (name == "escalation")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_by(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps, balances and the ends of clocks are those of the run."""
    limits = Limits(batch=3, attempts=2)
    path = run(tmp_path / "run.db", liar_and_honest(), TASKS, limits=limits, **RUNS[name])
    last = check(path, monkeypatch)
    assert last
    assert any(standing.slope != 1 for standing in last) is (name == "recalibrated")
    assert any(standing.balance is not None for standing in last) is (name == "deposits")


def test_a_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parent announced sees what its rule reads, the rest what the new rule reads."""
    old: dict[str, Any] = {"mechanism": "vickrey", "limits": Limits(batch=3, attempts=2)}
    new: dict[str, Any] = {**RUNS["recalibrated"], "limits": Limits(batch=2, attempts=2)}
    parent, path = tmp_path / "parent.db", tmp_path / "run.db"
    run(parent, liar_and_honest(), TASKS, **old)
    begun = Coordinator(liar_and_honest(), journal=path, resume=True, **new).opening
    fork(parent, path, begun, TASKS, 40)
    run(path, liar_and_honest(), TASKS, resume=True, **new)
    assert any(standing.slope != 1 for standing in check(path, monkeypatch))


def test_copies_that_are_called_off_while_they_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They end after their announcement has closed, and not by a settlement."""
    crew = [Paced(name, works={f"t1#{copy}": 20.0 for copy in range(4)}) for name in "abc"]
    tasks = [Task("do it", "0.000001", id=f"t{n}", redundancy=3) for n in range(3)]
    limits = Limits(attempts=1, batch=3, withdrawal=0.25)
    more: dict[str, Any] = {"mechanism": "vcg", "peer": {"mechanism": "dasgupta-ghosh"}}
    done = cancelled("asyncio", tmp_path, crew, tasks, limits=limits, **more)
    kinds = [type(event) for event in done.market.events]
    assert kinds.index(Closed) < kinds.index(Withdrawn)
    check(tmp_path / "replayed.db", monkeypatch)


def test_settlements_by_peers_come_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first batch is settled after its announcements have closed, and the second one sees it."""
    path, tasks = tmp_path / "run.db", label_tasks(60)
    settings: dict[str, Any] = {"mechanism": "vcg", "peer": {"mechanism": "dasgupta-ghosh"}}
    run(path, fleet(GOOD), tasks[:30], tasks[30:], **settings)
    last = check(path, monkeypatch)
    assert any(standing.quality != 0.5 for standing in last)
    with Record(path) as record:
        late = [turn for turn in turns(record) if turn.stage == "late"]
        settled = len(list(record.of(Settled)))
    assert len(late) == settled > 0
    assert all(turn.late is not None for turn in late)


def test_standings_are_those_of_the_clearing(tmp_path: Path) -> None:
    """The first clearing knew nobody; the second what was settled in the first."""
    with Record(write(tmp_path / "run.db", events())) as record:
        (_, first), (_, second) = decided(record)
    assert first == {}
    assert second[A, "task"].quality > 0.5 > second[B, "task"].quality


def unsettled(*, lost: bool) -> list[Event]:
    """Return the small run, in which nothing came of the first award."""
    listed = [
        Unsettled(announcement=FIRST, task=T1, worker=A, reason="no", lost=lost)
        if isinstance(event, Settled) and event.settlement.task == T1
        else event
        for event in events()
        if not lost or event.key != f"finished\t{FIRST}\t{T1}\t{A}"
    ]
    first = listed[0]
    assert isinstance(first, RunOpened)
    listed[0] = first.model_copy(
        update={"config": {"mechanism": {"name": "escalation"}, "limits": {}}}
    )
    return listed


@pytest.mark.parametrize(
    ("lost", "heard"), [(False, ((None, 1),)), (True, ((0.0, 1),))], ids=["answered", "given up"]
)
def test_answers_without_an_outcome(
    lost: bool, heard: tuple[tuple[float | None, int], ...], tmp_path: Path
) -> None:
    """They say nothing of quality; how sure they were counts, and calls that were given up as 0."""
    with Record(write(tmp_path / "run.db", unsettled(lost=lost))) as record:
        (_, _), (_, second) = decided(record)
    assert (second[A, "task"].quality, second[A, "task"].confidences) == (0.5, heard)


def test_the_book_of_a_run(tmp_path: Path) -> None:
    """It keeps what the rule reads; of a rule that was given in code nothing beyond qualities."""
    listed = unsettled(lost=False)
    first, call = listed[0], next(event for event in listed if isinstance(event, Announced))
    assert isinstance(first, RunOpened)
    ours, limits = standing_book(Escalation(), 1), Limits()
    assert book_of(first).open(call.announcement) == ours.open(call.announcement) != {}
    given = {"mechanism": {"name": "mine", "given": "in code"}, "limits": limits.model_dump()}
    plain = book_of(first.model_copy(update={"config": given}))
    assert plain.open(call.announcement) == {}
