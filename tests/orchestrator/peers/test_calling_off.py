"""Tasks with copies that are called off: their copies end, and the batch is scored without them."""

from pathlib import Path

import pytest

from orchestrator.market import Limits
from orchestrator.memory.ledger import purse
from orchestrator.task import Task
from protocols.decommitment import Cancelled, Withdrawn
from protocols.events import Announced, PeersScored, Settled
from tests.orchestrator.cancelling import ON_BOTH, run
from tests.orchestrator.markets import Paced

PEER = {"mechanism": "dasgupta-ghosh"}
LIMITS = Limits(attempts=1, withdrawal=0.25)


def tasks(count: int = 3) -> list[Task]:
    """Return tasks for three workers each, worth a thousand nano-units."""
    return [Task("do it", "0.000001", id=f"t{place}", redundancy=3) for place in range(count)]


def fleet(works: dict[str, float]) -> list[Paced]:
    """Return three workers; by task the seconds that their work takes, 1 if left out."""
    by_copy = {f"{name}#{copy}": works[name] for name in works for copy in range(4)}
    return [Paced(name, works=by_copy) for name in ("ann", "bob", "cyd")]


@ON_BOTH
@pytest.mark.parametrize(
    ("works", "answered"),
    [({"t0": 20.0}, 0), ({"t1": 20.0}, 3)],
    ids=["at work", "waiting for their peers"],
)
def test_the_copies_of_a_task(
    backend: str, works: dict[str, float], answered: int, tmp_path: Path
) -> None:
    """All three awards are withdrawn for their price; the other tasks are scored as a batch of two."""
    done = run(backend, tmp_path, fleet(works), tasks(), mechanism="vcg", limits=LIMITS, peer=PEER)

    withdrawn, (scored,) = done.of(Withdrawn), done.of(PeersScored)
    assert done.in_time
    assert done.states[0] == "cancelled"
    assert {each.worker for each in withdrawn} == {"ann", "bob", "cyd"}
    assert {each.owed for each in withdrawn} == {83}  # a quarter of a third of the value
    assert {each.cost for each in withdrawn} == ({0} if answered else {100})
    assert {each.task for each in scored.answers} <= {"t1", "t2"}
    assert not any(each.settlement.task.startswith("t0") for each in done.of(Settled))
    assert done.market.ledger.balance("credit", purse("ann")) >= 83


@ON_BOTH
def test_copies_that_are_not_announced_yet(backend: str, tmp_path: Path) -> None:
    """One batch of three copies is at work; those of the next task are never announced."""
    limits = Limits(batch=3, announcements=1, attempts=1)
    works = {"t0": 20.0}
    done = run(
        backend,
        tmp_path,
        fleet(works),
        tasks(2),
        cancel="t1",
        mechanism="vcg",
        limits=limits,
        peer=PEER,
    )

    assert done.states[1] == "cancelled"
    assert len(done.of(Announced)) == 1
    assert done.of(Withdrawn) == []
    assert len(done.of(Cancelled)) == 1


@ON_BOTH
def test_copies_of_which_some_are_announced(backend: str, tmp_path: Path) -> None:
    """Two copies are at work and withdrawn, the third is never announced; then the task ends."""
    limits = Limits(batch=2, announcements=1, attempts=1, withdrawal=0.25)
    done = run(
        backend, tmp_path, fleet({"t0": 20.0}), tasks(1), mechanism="vcg", limits=limits, peer=PEER
    )

    assert done.states == ["cancelled"]
    assert len(done.of(Withdrawn)) == 2
    assert len(done.of(Announced)) == 1
    assert done.of(PeersScored) == []
    assert done.seconds == pytest.approx(5)


@ON_BOTH
def test_copies_while_bids_are_taken(backend: str, tmp_path: Path) -> None:
    """No copy is awarded, and the task ends when the bidding on the others closes."""
    crew = [Paced(name, bids_after=8) for name in ("ann", "bob", "cyd")]
    done = run(backend, tmp_path, crew, tasks(2), mechanism="vcg", limits=LIMITS, peer=PEER)

    assert done.states[0] == "cancelled"
    assert done.of(Withdrawn) == []
    assert not any(each.settlement.task.startswith("t0") for each in done.of(Settled))
