"""Replays: identical for every honest journal, and a named difference for every changed decision."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orchestrator.market import Limits
from orchestrator.memory.journal import JournalError
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import (
    EVENT,
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
    Verified,
)
from tests.orchestrator.journals import opened, write
from tests.orchestrator.markets import Kin, Paced, Queue, virtually
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded

VCG = {"name": "contingent-vcg", "stake": "0.0000001"}


@cache
def simulated(mechanism: str = "contingent-vcg", budget: str | None = "0.000003") -> Kin:
    """Run simulated workers on tasks of which one has no verifier, one is skipped, some lack funds."""
    fleet = [
        SimulatedWorker("small", skill=0.4, cost="0.00000010", seed=1, cost_spread=0.3),
        SimulatedWorker("large", skill=0.9, cost="0.00000030", seed=1, latency=2.0),
        SimulatedWorker("bold", skill=0.5, cost="0.00000020", seed=1, strategy="overconfident"),
        Paced("paid", 150, chance=0.5, payable=True, ceiling=9, charge=4),
    ]
    tasks = [Task("x", "0.000001", Recorded(), id=f"t{n}") for n in range(12)]
    first = [
        Task("x", "0.000001", Recorded(), id="after", needs=["before"]),
        Task("x", "0.000001", None, id="blind"),
        Task("x", "0.000001", Recorded(), id="before"),
        Task("x", "0.000001", Recorded(), id="never", needs=["blind"]),
    ]
    settings = {"name": mechanism} | ({"stake": "0.0000001"} if "contingent" in mechanism else {})

    async def main() -> Kin:
        market = Kin(
            fleet, mechanism=settings, budget=budget, seed=3, limits=Limits(batch=4, attempts=3)
        )
        async with market:
            await market.run_all(first)
            await market.run_all(tasks)
        return market

    return virtually(main)


def differences(folder: Path, events: Sequence[Event]) -> tuple[str, ...]:
    """Write events to a sound journal and replay it."""
    return replay(write(folder / "run.db", events)).differences


@pytest.mark.parametrize("mechanism", ["contingent-vcg", "vcg", "first-price", "sequential-pivot"])
@pytest.mark.parametrize("budget", [None, "0.000003"])
def test_a_finished_journal_replays_identically(
    tmp_path: Path, mechanism: str, budget: str | None
) -> None:
    """Every event is derived again or read as an input; no worker is called."""
    events = simulated(mechanism, budget).events

    found = replay(write(tmp_path / "run.db", events))

    assert found.differences == ()
    assert found.identical
    assert found.finished
    assert found.compared == found.events == len(events)


def test_the_run_under_test_has_all_kinds_of_ends() -> None:
    """Otherwise the tests below would show less than they seem to."""
    states = set(simulated().state().values())

    assert {"solved", "unsettled", "skipped", "unfunded"} <= states
    assert any(event.allocation.awards for event in simulated().of(Allocated))
    assert any(event.transfers for event in simulated().of(Announced))


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
def test_an_unfinished_journal_replays_identically_wherever_it_was_cut(
    tmp_path: Path, step: int
) -> None:
    """Each of its events is still compared."""
    events = simulated().events
    for length in range(1, len(events), step):
        path = tmp_path / f"{length}.db"
        found = replay(write(path, events[:length]))
        assert found.differences == (), length
        assert (found.finished, found.compared) == (False, length)
        path.unlink()


# Tampering ----------------------------------------------------------------------------------


def changed(event: Event, path: str, value: Callable[[Any], object]) -> Event:
    """Return an event with one field changed, as a person with an editor could."""
    data = event.model_dump(mode="json")
    place: Any = data
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    key: Any = int(last) if isinstance(place, list) else last
    place[key] = value(place[key])
    return EVENT.validate_python(data, strict=False)


def plus(amount: float) -> Callable[[Any], object]:
    """Return a change of a number."""
    return lambda was: was + amount


def other(value: object) -> Callable[[Any], object]:
    """Return a change to a value."""
    return lambda _: value


CHANGES: list[tuple[type[Event], str, Callable[[Any], object]]] = [
    (RunOpened, "config.mechanism.stake", other("0.0000002")),
    (RunOpened, "config.limits.batch", plus(1)),
    (RunOpened, "budget", plus(-2_000)),
    (RunOpened, "transfers.0.amount", plus(1)),
    (TaskAdded, "lot.value", plus(5000)),
    (TaskAdded, "lot.kind", other("else")),
    (TaskAdded, "needs", other(["t1"])),
    (TaskAdded, "announced", plus(1)),
    (TaskAdded, "closed", plus(99)),
    (Announced, "announcement.as_of", plus(1)),
    (Announced, "announcement.bid_seconds", plus(1)),
    (Announced, "announcement.lots.0.reserve", plus(-1)),
    (Announced, "announcement.lots.0.attempt", plus(1)),
    (Announced, "announcement.lots.0.excluded", other(["small"])),
    (Announced, "announcement.lots", lambda lots: lots[:-1]),
    (BidsClosed, "bids", lambda bids: [bid | {"cost": bid["cost"] + 50} for bid in bids]),
    (BidsClosed, "bids.0.probability", other(0.99)),
    (BidsClosed, "bids.0.worker", other("nobody")),
    (BidsClosed, "bids", other([])),
    (BidsClosed, "bids", lambda bids: [bids[0], *bids]),
    (Allocated, "allocation.awards.0.worker", other("bold")),
    (Allocated, "allocation.awards.0.task", other("t11")),
    (Allocated, "allocation.awards.0.contract.base", plus(1)),
    (Allocated, "allocation.awards.0.contract.per_success", plus(1)),
    (Allocated, "allocation.awards.0.contract.score_weight", plus(1)),
    (Allocated, "allocation.awards.0.contract.cost_share", plus(0.5)),
    (Allocated, "allocation.awards.0.contract.report", plus(-0.01)),
    (Allocated, "allocation.awards.0.contract.rule", other("spherical")),
    (Allocated, "allocation.awards.0.score", plus(1)),
    (Allocated, "allocation.awards.0.pivot", plus(-1)),
    (Allocated, "allocation.awards.0.runner_up", other("nobody")),
    (Allocated, "allocation.awards.0.tied", lambda tied: not tied),
    (Allocated, "allocation.awards.0.rank", plus(1)),
    (Allocated, "allocation.awards", lambda awards: awards[:-1]),
    (Allocated, "allocation.awards", lambda awards: awards[::-1]),
    (Allocated, "allocation.mechanism", other("vcg")),
    (Allocated, "allocation.welfare", plus(1)),
    (Allocated, "unfunded", other(["t0"])),
    (Allocated, "transfers.0.amount", plus(1)),
    (Allocated, "transfers", other([])),
    (Started, "transfers", other([{
        "book": "cash", "source": "treasury", "target": "spent:small", "amount": 9,
        "purpose": "bill",
    }])),
    (Verified, "outcome.success", lambda success: 1.0 - success),
    (Settled, "settlement.success", lambda success: 1.0 - success),
    (Settled, "settlement.score", plus(0.01)),
    (Settled, "settlement.payment", plus(1)),
    (Settled, "settlement.cost", plus(1)),
    (Settled, "transfers.0.amount", plus(1)),
    (Settled, "transfers.0.target", other("worker:me")),
    (Settled, "transfers.0.book", other("credit")),
    (Settled, "transfers", lambda transfers: transfers[:-1]),
    (Settled, "transfers", lambda transfers: [*transfers, transfers[0]]),
    (Unsettled, "transfers.0.amount", plus(-1)),
    (Closed, "number", plus(1)),
    (TaskEnded, "state", other("unsold")),
    (TaskEnded, "reason", other("because")),
    (RunClosed, "reason", other("done")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    CHANGES,
    ids=[f"{number}-{kind.__name__}-{path}" for number, (kind, path, _) in enumerate(CHANGES)],
)
def test_every_changed_decision_is_found_and_named(
    tmp_path: Path, kind: type[Event], path: str, value: Callable[[Any], object]
) -> None:
    """The hashes are right, as those of somebody who owns the file would be; the content is not."""
    events = list(simulated().events)
    place = next(place for place, event in enumerate(events) if isinstance(event, kind))
    was = events[place]
    events[place] = changed(was, path, value)
    assert events[place] != was

    found = differences(tmp_path, events)

    assert found != ()
    if kind in {Allocated, Settled, Announced, Closed, TaskEnded, RunClosed, Unsettled}:
        assert found[0].startswith(was.key.replace("\t", " ")) or "followed" in found[0]


@pytest.mark.parametrize("kind", [Announced, BidsClosed, Allocated, Settled, Closed, TaskEnded])
def test_an_event_that_was_taken_out_is_missed(tmp_path: Path, kind: type[Event]) -> None:
    """What follows it cannot be reached any more, or is not what follows without it."""
    events = list(simulated().events)
    events.remove(next(event for event in events if isinstance(event, kind)))

    (found,) = differences(tmp_path, events)

    assert "do not follow from its inputs" in found or "by its inputs" in found


def test_an_event_that_was_added_is_named(tmp_path: Path) -> None:
    """An award that no auction made, paid once more, is no consequence of the inputs."""
    events = list(simulated().events)
    settled = next(event for event in events if isinstance(event, Settled))
    more = settled.model_copy(
        update={"settlement": settled.settlement.model_copy(update={"worker": "me"})}
    )

    assert differences(tmp_path, [*events, more]) == (
        "1 event of the journal does not follow from its inputs",
    )


def test_a_mechanism_that_was_given_in_code_cannot_be_replayed(tmp_path: Path) -> None:
    """The journal cannot bring the code back, and says so in one line."""

    async def main() -> Kin:
        market = Kin([Paced("ann")], mechanism=Queue())
        async with market:
            await market.run(Task("x", 1))
        return market

    with pytest.raises(JournalError, match="the mechanism 'queue' was given in code"):
        differences(tmp_path, virtually(main).events)


def test_a_run_without_tasks_replays(tmp_path: Path) -> None:
    """Opening and closing are all there is."""

    async def main() -> Kin:
        async with Kin([Paced("ann")]) as market:
            pass
        return market

    assert replay(write(tmp_path / "run.db", virtually(main).events)).identical


def test_what_is_no_run_cannot_be_replayed(tmp_path: Path) -> None:
    """A missing file and a journal without its first event are one clear line each."""
    with pytest.raises(JournalError, match="there is no such journal"):
        replay(tmp_path / "none.db")
    with pytest.raises(JournalError, match="the run was never opened"):
        replay(write(tmp_path / "headless.db", simulated().events[1:]))


@pytest.mark.parametrize("config", [{}, {"mechanism": "vcg"}, {"mechanism": {"name": "vcg"}}])
def test_settings_that_cannot_be_read_are_told(config: dict[str, object], tmp_path: Path) -> None:
    """A journal whose settings somebody has changed, or never wrote, is no crash."""
    path = write(tmp_path / "run.db", [opened().model_copy(update={"config": config})])
    with pytest.raises(JournalError, match="its settings cannot be read: "):
        replay(path)
