"""Workers on hold until a person has decided: while a run goes on, when it cannot, and at its end."""

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.guarded import GuardTotals
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.reports.pending import held
from orchestrator.reviewing import HeldError
from orchestrator.verification import verify
from protocols.events import Announced, Event, RunClosed, TaskEnded
from protocols.guarding import Guarded
from protocols.messages import Announcement
from protocols.units import WorkerId
from tests.orchestrator.auction.test_watching import TASKS, Flaky
from tests.orchestrator.command import truthbid, workflow
from tests.orchestrator.journals import write
from tests.orchestrator.markets import events_of, finished
from tests.orchestrator.small_runs import Known
from workers.ports import Submit, Worker
from workers.verifiers.person import Admission, VerdictFile

pytestmark = pytest.mark.anyio
GUARDS = {"failures": 2, "responses": ["warn", "review"]}
CHEAP = WorkerId("cheap")


class Picky(Known):
    """Bids on nothing."""

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Say nothing."""


def dear() -> Known:
    """Return a worker that is always there."""
    return Known("dear", 0.9, right=True, cost="0.2")


def decide(path: Path, number: int, *, goes_on: bool, worker: WorkerId = CHEAP) -> None:
    """Say what becomes of a worker on hold."""
    said = Admission(worker=worker, decision=number, goes_on=goes_on, reason="seen")
    VerdictFile.beside(path).write(said)


def market(path: Path, workers: Sequence[Worker], *, resume: bool = False) -> Coordinator:
    """Return a market that puts workers on hold that fail twice twice."""
    return Coordinator(
        workers,
        mechanism="vcg",
        guards=GUARDS,
        journal=path,
        limits=Limits(batch=2),
        resume=resume,
    )


async def run(
    path: Path, workers: Sequence[Worker], *, resume: bool = False, decided_at: int = 0
) -> None:
    """Run thirty tasks; let a person decide for the worker once so many tasks have ended."""
    opened = market(path, workers, resume=resume)
    ended = 0

    def listen(event: Event) -> None:
        nonlocal ended
        ended += isinstance(event, TaskEnded)
        if decided_at and ended == decided_at:
            decide(path, 2, goes_on=True)

    opened.listen(listen)
    async with opened:
        await opened.run_all(TASKS)


def decisions(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return who was decided about, and how."""
    return [(each.worker, each.step) for each in events if isinstance(each, Guarded)]


def sound(path: Path) -> bool:
    """Whether a journal is unbroken and a replay of it is identical."""
    with Record(path) as record:
        return verify(record).problems == () and replay(path).identical


async def same_again(path: Path) -> bool:
    """Do the same beside an event loop."""
    return await anyio.to_thread.run_sync(sound, path)


async def test_others_do_the_work_while_nobody_answers(tmp_path: Path) -> None:
    """All tasks are solved and the worker is never invited again; the run is not closed."""
    path = tmp_path / "run.db"
    await run(path, [Flaky("cheap", 8), dear()])
    events = events_of(path)

    assert decisions(events) == [("cheap", "warned"), ("cheap", "held")]
    place = next(n for n, e in enumerate(events) if isinstance(e, Guarded) and e.step == "held")
    later = [e.announcement for e in events[place:] if isinstance(e, Announced)]
    assert len(later) > 5
    assert all([who.worker for who in call.participants] == ["dear"] for call in later[1:])
    assert {e.state for e in events if isinstance(e, TaskEnded)} == {"solved"}
    assert not isinstance(events[-1], RunClosed)
    assert await same_again(path)


@pytest.mark.parametrize(("goes_on", "step"), [(True, "restored"), (False, "excluded")])
async def test_a_decision_after_the_end_closes_the_run(
    tmp_path: Path, goes_on: bool, step: str
) -> None:
    """It is journaled with the reason that was given, before the run is closed."""
    path = tmp_path / "run.db"
    await run(path, [Flaky("cheap", 8), dear()])
    await run(path, [Flaky("cheap", 8), dear()], resume=True)
    assert not isinstance(events_of(path)[-1], RunClosed)

    decide(path, 1, goes_on=goes_on)  # about the warning: it says nothing
    decide(path, 2, goes_on=goes_on)
    decide(path, 2, goes_on=not goes_on)  # the first one counts
    await run(path, [Flaky("cheap", 8), dear()], resume=True)

    decided, closed = events_of(path)[-2:]
    assert isinstance(closed, RunClosed)
    assert isinstance(decided, Guarded)
    assert (decided.step, decided.number) == (step, 3)
    assert decided.reason.endswith(": seen")
    assert await same_again(path)


async def test_a_decision_on_the_way_is_taken_in_at_the_next_announcement(tmp_path: Path) -> None:
    """The worker is invited again and does the rest of the work."""
    path = tmp_path / "run.db"
    await run(path, [Flaky("cheap", 8), dear()], decided_at=14)
    events = events_of(path)

    assert decisions(events)[-1] == ("cheap", "restored")
    last = next(e.announcement for e in reversed(events) if isinstance(e, Announced))
    assert "cheap" in [who.worker for who in last.participants]
    assert isinstance(events[-1], RunClosed)
    assert await same_again(path)


async def test_a_run_stops_where_only_workers_on_hold_are_left(tmp_path: Path) -> None:
    """Nothing is lost: after the decision it goes on where it stopped, and solves the rest."""
    path = tmp_path / "run.db"
    with pytest.raises(HeldError, match="until a person has decided about cheap"):
        await run(path, [Flaky("cheap", 4)])
    stopped = events_of(path)
    assert await same_again(path)
    with pytest.raises(HeldError):
        await run(path, [Flaky("cheap", 4)], resume=True)

    decide(path, 2, goes_on=True)
    await run(path, [Flaky("cheap", 4)], resume=True)

    events = events_of(path)
    assert events[: len(stopped)] == stopped
    ends = {str(e.task): e.state for e in events if isinstance(e, TaskEnded)}
    assert {ends[f"t{n}"] for n in range(4, 30)} == {"solved"}
    assert isinstance(events[-1], RunClosed)
    assert await same_again(path)


@pytest.mark.parametrize("goes_on", [True, False])
async def test_a_lot_that_only_they_could_do_waits_for_them(tmp_path: Path, goes_on: bool) -> None:
    """It is neither given up nor put up over and over while nobody answers."""
    path = tmp_path / "run.db"
    workers = [Flaky("cheap", 4), Picky("picky", 0.9, right=True)]
    with pytest.raises(HeldError):
        await run(path, workers)
    assert len([e for e in events_of(path) if isinstance(e, Announced)]) < 40

    decide(path, 2, goes_on=goes_on)
    await run(path, workers, resume=True)

    ends = {str(e.task): e.state for e in events_of(path) if isinstance(e, TaskEnded)}
    expected = "solved" if goes_on else "unsold"
    assert {ends[f"t{n}"] for n in range(8, 30)} == {expected}
    assert await same_again(path)


async def test_a_parked_task_can_be_called_off(tmp_path: Path) -> None:
    """It ends as cancelled, in the process that is told so and in a replay."""
    path = tmp_path / "run.db"
    workers = [Flaky("cheap", 4), Picky("picky", 0.9, right=True)]
    with pytest.raises(HeldError):
        await run(path, workers)
    decide(path, 2, goes_on=True)
    async with market(path, workers, resume=True) as opened, anyio.create_task_group() as group:
        group.start_soon(opened.cancel, "t9")
        await opened.run_all(TASKS)
    assert await same_again(path)


def test_a_run_cut_after_any_event_comes_to_the_same_decisions(tmp_path: Path) -> None:
    """A decision that is on record counts; one that was lost is read from its file again."""
    path = tmp_path / "whole.db"
    fleet = [Flaky("cheap", 8), dear()]

    async def whole() -> None:
        await run(path, fleet, decided_at=14)

    anyio.run(whole)
    events = events_of(path)
    for length in range(1, len(events), 29):
        cut = write(tmp_path / f"{length}.db", events[:length])
        known = [e for e in events[:length] if isinstance(e, Guarded) and e.number > 2]

        async def resumed(cut: Path = cut) -> None:
            await run(cut, [Flaky("cheap", 8), dear()], resume=True, decided_at=14)

        anyio.run(resumed, backend="asyncio" if length % 2 else "trio")
        again = events_of(cut)
        assert decisions(again) == decisions(events), length
        assert [e for e in again if isinstance(e, Guarded) and e.number > 2][: len(known)] == known
        assert {key[0] for key in finished(again)} == {key[0] for key in finished(events)}
        assert replay(cut).differences == ()
        cut.unlink()


# The screens --------------------------------------------------------------------------------

FLOW = """\
seed: 3
mechanism: first-price
guards: {review: [shading]}
generate: {count: 120, kinds: {code: 1}, value: 0.05}
workers:
  - {type: simulated, id: ada, skill: 0.8, cost: 0.002, cost_spread: 0.3}
  - {type: simulated, id: cyd, skill: 0.8, cost: 0.001, cost_spread: 0.3, strategy: {shaded: 1.5}}
"""


def test_what_the_screens_find_holds_a_run_open_until_a_person_has_decided(tmp_path: Path) -> None:
    """Exit code 5 until then; the finding and the decision are in the journal and in the report."""
    path = tmp_path / "run.db"
    said = truthbid("run", workflow(tmp_path, FLOW), "--journal", path)
    assert said.code == 5
    assert f"cyd is on hold: truthbid approve {path} --worker cyd [--reject]" in said.err
    assert f"truthbid resume {path}" in said.err
    assert "cyd is not invited until a person has decided" in said.out
    assert "A person should look" in said.out
    with Record(path) as record:
        (event,) = held(record)
        assert verify(record).problems == ()
    assert event.reason.startswith("shading: cyd asks for 1.50 times")
    assert truthbid("replay", path).code == 0
    assert truthbid("resume", path, "--quiet").code == 5

    shown = truthbid("approve", path)
    assert shown.out.startswith("worker cyd is not invited until a person has decided")
    assert truthbid("approve", path, "--worker", "ada").code == 2
    assert truthbid("approve", path, "x", "--worker", "cyd").code == 2
    done = truthbid("approve", path, "--worker", "cyd", "--reject", "--reason", "it shades")
    assert (done.code, done.out) == (0, "rejected: cyd\n")
    assert truthbid("approve", path).out == "nothing waits for a person\n"
    assert truthbid("resume", path, "--quiet").code == 1

    totals = GuardTotals()
    for one in events_of(path):
        totals.note(one)
    assert totals.held == []
    assert (
        totals.workers[WorkerId("cyd")].last.reason == "a person has decided against it: it shades"
    )
    assert sound(path)
    told = truthbid("screen", path).out
    assert "A person has looked since, and decided about cyd." in told
    assert "A person should look" not in told


def test_honest_workers_hold_nothing_up(tmp_path: Path) -> None:
    """A run in which nothing is found is closed as always."""
    path = tmp_path / "run.db"
    flow = FLOW.replace(", strategy: {shaded: 1.5}", "")
    assert truthbid("run", workflow(tmp_path, flow), "--journal", path, "--quiet").code == 1
    assert isinstance(events_of(path)[-1], RunClosed)
