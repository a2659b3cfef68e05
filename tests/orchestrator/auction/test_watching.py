"""Guards in a market that runs, is resumed and is replayed."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.fork import fork
from orchestrator.market import Limits
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import Announced, Event, Started, TaskEnded
from protocols.guarding import Guarded
from protocols.messages import Announcement, Award, Lot, Result
from tests.orchestrator.journals import write
from tests.orchestrator.markets import events_of, finished
from tests.orchestrator.small_runs import Known
from workers.ports import Lesson, Submit, Worker
from workers.verifiers import Recorded

pytestmark = pytest.mark.anyio
GUARDS = {"failures": 2, "pause": 2, "responses": ["warn", "suspend"]}


class Flaky(Known):
    """The cheapest worker, whose endpoint is down for its first so many tasks in their order."""

    def __init__(self, name: str, down: int, *, cost: str = "0.01") -> None:
        super().__init__(name, 0.9, right=True, cost=cost)
        self._down = down

    async def execute(self, lot: Lot, award: Award) -> Result:
        """Break while it is down; tasks have numbers, so a resumed run sees the same."""
        if int(lot.task[1:]) < self._down:
            raise ConnectionError("down")
        return await super().execute(lot, award)


def fleet(down: int = 12) -> list[Worker]:
    """Return a worker that is down at first, and one that is dear and always there."""
    return [Flaky("cheap", down), Known("dear", 0.9, right=True, cost="0.2")]


TASKS = [Task("do it", value=1, verify=Recorded(), id=f"t{n}") for n in range(30)]


def market(
    path: Path, workers: Sequence[Worker], *, resume: bool, mechanism: str = "vcg"
) -> Coordinator:
    """Return a guarded market."""
    return Coordinator(
        workers,
        mechanism=mechanism,
        guards=GUARDS,
        journal=path,
        limits=Limits(batch=2),
        resume=resume,
    )


async def run(
    path: Path, workers: Sequence[Worker], *, resume: bool = False, mechanism: str = "vcg"
) -> None:
    """Run thirty tasks, two at a time."""
    async with market(path, workers, resume=resume, mechanism=mechanism) as opened:
        await opened.run_all(TASKS)


def decisions(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return who was decided about, and how."""
    return [(each.worker, each.step) for each in events if isinstance(each, Guarded)]


class Dull(Known):
    """A worker that cannot learn."""

    def learn(self, lesson: Lesson) -> None:
        """Break."""
        raise LookupError(f"no room for {lesson.lot.task}")


async def test_a_worker_that_cannot_learn_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What breaks in its `learn` is in the log; every task is done."""
    path = tmp_path / "run.db"
    await run(path, [Dull("dull", 0.9, right=True, cost="0.01")])
    assert {one.state for one in events_of(path) if isinstance(one, TaskEnded)} == {"solved"}
    assert "dull could not learn from t0: LookupError: no room for t0" in caplog.messages


async def test_a_worker_that_is_down_is_left_alone_and_tried_again(tmp_path: Path) -> None:
    """It is called less, no announcement of its pause invites it, and it comes back when it is up."""
    path = tmp_path / "run.db"
    await run(path, fleet())
    events = events_of(path)

    steps = decisions(events)
    assert steps[:2] == [("cheap", "warned"), ("cheap", "suspended")]
    assert steps[-1] == ("cheap", "restored")
    for each in events:
        if isinstance(each, Guarded) and each.until is not None:
            barred = [
                one.announcement
                for one in events
                if isinstance(one, Announced)
                and each.announced < one.announcement.number <= each.until
            ]
            assert barred
            assert all([who.worker for who in call.participants] == ["dear"] for call in barred)
    calls = [one.task for one in events if isinstance(one, Started) and one.worker == "cheap"]
    assert len([task for task in calls if int(task[1:]) < 12]) < 12
    assert {one.state for one in events if isinstance(one, TaskEnded)} == {"solved"}


async def test_one_lot_at_a_time_is_won_by_a_worker_that_is_tried_again(tmp_path: Path) -> None:
    """The announcement says that its capacity is 1, whatever mechanism clears it."""
    for mechanism in ("vcg", "first-price", "vickrey"):
        path = tmp_path / f"{mechanism}.db"
        await run(path, fleet(), mechanism=mechanism)
        events = events_of(path)
        decided = [each for each in events if isinstance(each, Guarded)]
        probes = {each.announced + 1 for each in decided if each.step == "probed"}
        calls = {
            each.announcement.number: each.announcement
            for each in events
            if isinstance(each, Announced)
        }
        assert probes
        for number in probes:
            (cheap,) = [one for one in calls[number].participants if one.worker == "cheap"]
            assert cheap.capacity == 1


async def test_lots_wait_for_the_only_worker_that_may_do_them(tmp_path: Path) -> None:
    """A pause costs a lot no attempt: it is put up again until somebody could be asked."""

    class Picky(Known):
        """Bids on nothing."""

        async def bid(self, announcement: Announcement, submit: Submit) -> None:
            """Say nothing."""

    path = tmp_path / "run.db"
    await run(path, [Flaky("cheap", 4), Picky("picky", 0.9, right=True)])
    events = events_of(path)

    assert ("cheap", "suspended") in decisions(events)
    ends: dict[str, str] = {each.task: each.state for each in events if isinstance(each, TaskEnded)}
    assert [ends[f"t{n}"] for n in range(4)] == ["unsold"] * 4  # its only worker has failed at them
    assert {ends[f"t{n}"] for n in range(4, 30)} == {"solved"}


@pytest.mark.parametrize("step", [23, pytest.param(7, marks=pytest.mark.long)])
def test_a_run_cut_after_any_event_comes_to_the_same_decisions(tmp_path: Path, step: int) -> None:
    """Awards, payments, endings and decisions are those of the whole run; replays are identical."""
    path = tmp_path / "whole.db"
    anyio.run(run, path, fleet())
    events = events_of(path)
    whole = decisions(events)
    assert len(whole) >= 4
    assert replay(path).identical

    for length in range(1, len(events), step):
        path = write(tmp_path / f"{length}.db", events[:length])
        again = "asyncio" if length % 2 else "trio"

        async def resumed(path: Path = path) -> None:
            await run(path, fleet(), resume=True)

        anyio.run(resumed, backend=again)
        ended = events_of(path)
        assert decisions(ended) == whole, length
        assert finished(ended) == finished(events), length
        assert replay(path).differences == ()
        path.unlink()


def test_a_changed_decision_is_a_named_difference(tmp_path: Path) -> None:
    """A replay derives decisions anew and says which of them do not follow."""
    path = tmp_path / "whole.db"
    anyio.run(run, path, fleet())
    events = events_of(path)
    place = next(n for n, each in enumerate(events) if isinstance(each, Guarded))
    events[place] = events[place].model_copy(update={"step": "excluded"})

    found = replay(write(tmp_path / "changed.db", events))

    assert found.differences == (
        "guarded cheap 1: step is 'excluded' in the journal, 'warned' by its inputs",
    )


async def test_without_the_section_nothing_is_decided(tmp_path: Path) -> None:
    """A plain run invites everybody to everything."""
    path = tmp_path / "plain.db"
    plain = Coordinator(fleet(), mechanism="vcg", journal=path, limits=Limits(batch=2))
    async with plain:
        await plain.run_all(TASKS)
    events = events_of(path)
    assert decisions(events) == []
    assert {len(e.announcement.participants) for e in events if isinstance(e, Announced)} == {2}


def test_a_fork_goes_on_from_what_the_parent_knows_of_its_workers(tmp_path: Path) -> None:
    """A worker on a pause stays on it; decisions are numbered on, and the replay is identical."""
    path, target = tmp_path / "whole.db", tmp_path / "fork.db"
    anyio.run(run, path, fleet())
    events = events_of(path)
    place = next(
        n for n, each in enumerate(events) if isinstance(each, Guarded) and each.until is not None
    )
    fork(path, target, market(target, fleet(), resume=True).opening, TASKS, place + 1)

    anyio.run(partial(run, target, fleet(), resume=True))

    again = events_of(target)
    assert decisions(again)[-1] == ("cheap", "restored")
    numbers = [each.number for each in again if isinstance(each, Guarded)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert replay(target).identical
