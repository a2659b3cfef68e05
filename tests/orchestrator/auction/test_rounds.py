"""Clock auctions that ask the workers of a run price by price."""

from functools import partial
from itertools import islice
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task
from orchestrator.verbs.options import read
from orchestrator.verification import verify
from orchestrator.workflow import work
from protocols.contract import Contract
from protocols.events import Allocated, Event, RoundClosed, RunClosed
from protocols.messages import Announcement
from protocols.units import money
from tests.orchestrator.command import CONFIGS
from tests.orchestrator.small_runs import Known, write
from workers.ports import Submit
from workers.verifiers import Recorded

CLOCKS = ["english", "dutch"]


def run(journal: Path, clock: str, *, rounds: bool = True, resume: bool = False) -> list[Event]:
    """Run the quickstart by a clock with a step of 0.002; return the events of its journal."""
    chosen = f"mechanism={{name: {clock}, step: 0.002, rounds: {str(rounds).lower()}}}"
    config, fleet = read(CONFIGS / "quickstart.yaml", [chosen])
    anyio.run(
        partial(work, Coordinator.configured(config, fleet, journal, resume=resume), fleet, [])
    )
    return listed(journal)


def listed(journal: Path) -> list[Event]:
    """Return the events of a journal."""
    with Record(journal) as record:
        return [entry.event for entry in record.entries()]


def awarded(events: list[Event]) -> list[tuple[str, str, Contract]]:
    """Return who was awarded what under which contract, in order."""
    allocations = [event.allocation for event in events if isinstance(event, Allocated)]
    return [(one.task, one.worker, one.contract) for each in allocations for one in each.awards]


@pytest.mark.parametrize("clock", CLOCKS)
def test_asking_gives_the_contracts_of_sealed_bids(clock: str, tmp_path: Path) -> None:
    """Round by round or sealed: the same workers do the same tasks under the same contracts."""
    asked = run(tmp_path / "asked.db", clock)
    sealed = run(tmp_path / "sealed.db", clock, rounds=False)

    assert awarded(asked) == awarded(sealed)
    assert any(isinstance(event, RoundClosed) for event in asked)
    assert not any(isinstance(event, RoundClosed) for event in sealed)


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_conversation_is_replayed_price_by_price(clock: str, tmp_path: Path) -> None:
    """A replay takes the answers of every round and comes to the same bids and awards."""
    run(tmp_path / "run.db", clock)
    found = replay(tmp_path / "run.db")

    assert (found.differences, found.compared) == ((), found.events)
    with Record(tmp_path / "run.db") as record:
        assert verify(record).problems == ()


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_changed_answer_is_found_out(clock: str, tmp_path: Path) -> None:
    """An acceptance that is struck from a round leads to other bids than the journal has."""
    events = run(tmp_path / "run.db", clock)
    place = next(
        at for at, event in enumerate(events) if isinstance(event, RoundClosed) and event.bids
    )
    events[place] = events[place].model_copy(update={"bids": ()})
    found = replay(write(tmp_path / "forged.db", events))

    assert found.differences


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("rounds", [1, 4])
def test_a_broken_conversation_goes_on(clock: str, rounds: int, tmp_path: Path) -> None:
    """Cut off after some rounds, a run resumes at the price that it had reached."""
    whole = run(tmp_path / "whole.db", clock)
    places = (at for at, event in enumerate(whole) if isinstance(event, RoundClosed))
    cut = next(islice(places, rounds - 1, None)) + 1
    resumed = run(write(tmp_path / "cut.db", whole[:cut]), clock, resume=True)

    assert awarded(resumed) == awarded(whole)
    assert [one for one in resumed if isinstance(one, RoundClosed)] == [
        one for one in whole if isinstance(one, RoundClosed)
    ]
    assert isinstance(resumed[-1], RunClosed)
    assert replay(tmp_path / "cut.db").identical


class Slow(Known):
    """A worker that gives way before it bids."""

    instant = False

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid after a moment."""
        await checkpoint()
        await super().bid(announcement, submit)


class Mute(Known):
    """A worker that never answers."""

    instant = False

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Say nothing, for ever."""
        await anyio.sleep_forever()


class Haggler(Known):
    """A worker that answers each price by itself, and is out below 0.4 whatever it would cost."""

    def at_clock(self, announcement: Announcement) -> "Haggler":
        """Answer as the worker itself."""
        return self

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Accept what pays 0.4 or more."""
        if announcement.lots[0].reserve >= money("0.4"):
            await super().bid(announcement, submit)


@pytest.mark.anyio
async def test_the_clock_waits_for_the_slow_and_goes_on_without_the_mute(tmp_path: Path) -> None:
    """Prices fall by 0.1 from 1: the haggler leaves at 0.3, and the slow worker is paid that."""
    fleet = [
        Slow("slow", 1.0, right=True, cost="0.1"),
        Mute("mute", 1.0, right=True),
        Haggler("haggler", 1.0, right=True, cost="0.1"),
    ]
    market = Coordinator(
        fleet,
        mechanism={"name": "english", "step": "0.1", "rounds": True},
        journal=tmp_path / "run.db",
        limits=Limits(bid_seconds=0.05),
    )
    async with market:
        done = await market.run(Task("do it", value=1, verify=Recorded(), id="t"))
    rounds = [event for event in listed(tmp_path / "run.db") if isinstance(event, RoundClosed)]

    assert done.award is not None
    assert (done.award.worker, done.award.contract.base) == ("slow", money("0.3"))
    assert [len(event.bids) for event in rounds] == [2] * 7 + [1]
