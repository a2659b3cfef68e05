"""Screens over whole journals: honest fleets are left alone, cheats are found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.reports.suspicions import looked, suspicions
from orchestrator.screening.screens import SCREENS, Screening, screen
from orchestrator.task import Task
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Refusal, Result
from protocols.units import Money, TaskId
from tests.orchestrator.command import truthbid
from workers.chance import uniform
from workers.ports import Submit, Worker
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded

NAMES = ("ada", "bob", "cyd", "dee", "eve", "fay")


def honest(seed: int, odd: str = "", **more: Any) -> list[Worker]:
    """Return six workers that vary in skill and cost, one of which is changed as said."""
    usual: dict[str, Any] = {"cost": "0.002", "cost_spread": 0.3, "seed": seed}
    return [
        SimulatedWorker(
            name,
            skill=0.5 + 0.4 * uniform(seed, name),
            **(usual | (more if name == odd else {})),
        )
        for name in NAMES
    ]


class Ring(SimulatedWorker):
    """Asks for twice its cost where a draw that it shares with others says so."""

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid, dearer on the lots that the ring has agreed on."""

        def dearer(said: Bid | Refusal) -> object:
            if isinstance(said, Bid) and uniform(7, "agreed", said.task) < 0.5:
                return submit(said.model_copy(update={"cost": Money(2 * said.cost)}))
            return submit(said)

        await super().bid(announcement, dearer)


class Double(SimulatedWorker):
    """Answers the copies of a task with one draw; two of them can have the same draws."""

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Answer as if there were no copies."""
        said = await super().execute(lot.model_copy(update={"task": lot.origin}), award)
        return said.model_copy(update={"task": lot.task})


def run(
    path: Path,
    workers: Sequence[Worker],
    *,
    mechanism: str = "first-price",
    tasks: Sequence[Task] | None = None,
    **more: Any,
) -> Screening:
    """Run 150 tasks and screen the journal."""
    todo = tasks or [
        Task("p", "0.05", Recorded(), ("code", "prose")[n % 2], id=f"t{n}") for n in range(150)
    ]

    async def main() -> None:
        market = Coordinator(
            workers, mechanism=mechanism, journal=path, limits=Limits(attempts=2), **more
        )
        async with market:
            await market.run_all(todo)

    anyio.run(main)
    with Record(path) as record:
        return screen(record)


def found(screening: Screening) -> set[tuple[str, tuple[str, ...]]]:
    """Return which screens have found something, and about whom."""
    return {(each.screen, each.workers) for each in screening.found}


@pytest.mark.parametrize("runs", [10, pytest.param(30, marks=pytest.mark.long)])
def test_honest_fleets_are_left_alone(tmp_path: Path, runs: int) -> None:
    """Many runs at a level of 1 %: hardly ever a finding, though fifteen pairs are compared."""
    screenings = [run(tmp_path / f"{seed}.db", honest(seed)) for seed in range(runs)]
    assert sum(bool(each.found) for each in screenings) <= 1
    assert {each.tests["ring"] for each in screenings} == {15}
    assert all(each.tests["shading"] > 0 for each in screenings)
    assert list(suspicions(screenings[0])) == []
    assert "proves nothing" in looked(screenings[0])


def test_a_worker_that_asks_for_more_than_its_work_costs_is_found(tmp_path: Path) -> None:
    """A shaded bid, with the entries that show it and a line that a person should look."""
    guards = {"review": ["shading", "copies"]}
    shaded = honest(1, "cyd", strategy={"name": "shaded", "factor": 1.5}, cost="0.001")
    screening = run(tmp_path / "run.db", shaded, guards=guards)

    assert found(screening) == {("shading", ("cyd",))}
    (one,) = screening.found
    assert one.figure == pytest.approx(1.5, abs=1e-6)
    with Record(tmp_path / "run.db") as record:
        events = {entry.seq: entry.event for entry in record.entries()}
    assert {events[seq].event for seq in one.evidence} == {"finished"}
    first, review = suspicions(screening)
    assert first.startswith("shading: cyd asks for 1.50 times what its work is metered at")
    assert review == ("A person should look before this run is relied on (guards.review: shading).")


def test_a_ring_that_raises_its_bids_on_agreed_lots_is_found(tmp_path: Path) -> None:
    """Two of six; the same fleet of one declared owner is no secret, and so no finding."""
    ring = [Ring(name, skill=0.8, cost="0.002", cost_spread=0.3, seed=1) for name in ("ada", "bob")]
    screening = run(tmp_path / "ring.db", [*ring, *honest(1)[2:]])
    assert ("ring", ("ada", "bob")) in found(screening)
    assert {workers for name, workers in found(screening) if name == "ring"} == {("ada", "bob")}

    kin = [
        Ring(name, skill=0.8, cost="0.002", cost_spread=0.3, seed=1, owner="one")
        for name in ("ada", "bob")
    ]
    declared = run(tmp_path / "kin.db", [*kin, *honest(1)[2:]])
    assert not any(name == "ring" for name, _ in found(declared))


def test_two_names_of_one_worker_are_found_by_their_answers(tmp_path: Path) -> None:
    """Tasks with redundancy, four labels; ada and bob draw the same answers."""
    labels = ("a", "b", "c", "d")
    truth = {TaskId(f"t{n}"): labels[int(uniform(3, n) * 4)] for n in range(200)}
    fleet = [
        (SimulatedWorker, Double)[seed < 2](
            name, skill=0.6, cost="0.001", seed=seed, answers=truth, labels=labels
        )
        for seed, name in enumerate(NAMES)
    ]
    fleet[1]._stream = fleet[0]._stream  # pyright: ignore[reportPrivateUsage] - one worker, two names
    tasks = [Task("p", "0.05", id=f"t{n}", redundancy=4) for n in range(200)]

    screening = run(tmp_path / "run.db", fleet, mechanism="vcg", tasks=tasks, peer={})

    assert found(screening) == {("copies", ("ada", "bob"))}
    (one,) = screening.found
    assert one.figure == 1.0
    assert one.expected < 0.6


def test_bids_that_hug_the_reserve_are_found_by_two_screens(tmp_path: Path) -> None:
    """A worker without rivals asks for nearly all that would be paid."""

    class Hugger(SimulatedWorker):
        async def bid(self, announcement: Announcement, submit: Submit) -> None:
            reserves = {lot.task: lot.reserve for lot in announcement.lots}

            def close(said: Bid | Refusal) -> object:
                part = 0.96 + 0.035 * uniform(1, said.task)
                update = {"cost": Money(round(reserves[said.task] * part))}
                return submit(said.model_copy(update=update))

            await super().bid(announcement, close)

    hugger = Hugger("hal", skill=0.99, cost="0.002", cost_spread=0.3, seed=1)
    screening = run(tmp_path / "run.db", [hugger])

    assert found(screening) == {("shading", ("hal",)), ("reserve", ("hal",))}


def test_the_verb_says_what_was_found_and_at_which_level(tmp_path: Path) -> None:
    """Exit code 0 and a sentence for honest fleets, 1 with findings, the same as data."""
    run(tmp_path / "honest.db", honest(2))
    said = truthbid("screen", tmp_path / "honest.db")
    assert (said.code, said.out.splitlines()[0]) == (0, "Nothing was found.")

    shaded = honest(2, "eve", strategy={"name": "shaded", "factor": 2.0}, cost="0.0005")
    run(tmp_path / "shaded.db", shaded)
    assert truthbid("screen", tmp_path / "shaded.db").code == 1
    data = truthbid("screen", tmp_path / "shaded.db", "--json", "--level", "0.05").data()
    assert data["level"] == 0.05
    assert [each["workers"] for each in data["found"]] == [["eve"]]
    assert data["found"][0]["p_value"] <= data["found"][0]["adjusted_p_value"]
    assert set(data["tests"]) == set(SCREENS)
    assert truthbid("report", tmp_path / "shaded.db", "--json").data()["screening"]["found"]
