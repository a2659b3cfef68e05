"""One replication of an audit: a mechanism, the same auctions, honest and with each lie in turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from orchestrator.audit.misreports import MISREPORTS, Liars, Misreport
from orchestrator.audit.play import Totals, per_lot, play
from orchestrator.audit.scene import Scene
from protocols.mechanism import Mechanism
from protocols.units import WorkerId
from workers.chance import uniform

SIZES: Final = {"one": 1, "pair": 2, "ring": 3}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one lie changed in one replication, in nano-units per lot put up.

    Attributes:
        liars: Who lied.
        gain: What each liar got more than for the truth.
        loss: What the coordinator got less.
        others: What each honest worker got less.
        course: The coordinator's loss in each auction.
    """

    liars: Liars
    gain: float
    loss: float
    others: float
    course: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Replication:
    """What one replication of a mechanism came to, in nano-units per lot put up.

    Attributes:
        surplus: What the coordinator keeps when everybody is honest.
        paid: What it pays.
        cost: The true cost of the work done.
        welfare: Value of the successes less true cost.
        worst: The utility of the honest worker that fares worst.
        refused: The share of auctions that the mechanism could not clear.
        effects: What each lie changed, by its name; none where there are too few workers for it.
    """

    surplus: float
    paid: float
    cost: float
    welfare: float
    worst: float
    refused: float
    effects: dict[str, Effect]


def replicate(
    mechanism: Mechanism,
    scenes: Sequence[Scene],
    workers: Sequence[WorkerId],
    names: Sequence[str],
    number: int,
    *,
    seed: int = 0,
) -> Replication:
    """Play the same auctions honestly and with each lie, and return the paired differences.

    All plays share their tasks, costs, chances, outcomes and tie-breaks, so that small
    differences show (common random numbers).

    Args:
        mechanism: The rule.
        scenes: The auctions.
        workers: Who takes part.
        names: Which lies to try.
        number: Of the replication; it decides who lies.
        seed: Of who lies and of ties.
    """
    truth = play(mechanism, scenes, seed=seed)
    effects: dict[str, Effect] = {}
    for name in names:
        lie = MISREPORTS[name]
        liars = choose_liars(lie, workers, number, seed)
        if liars:
            effects[name] = _effect(mechanism, scenes, workers, lie, liars, truth, seed)
    lots = max(truth.lots, 1)
    return Replication(
        surplus=sum(truth.surplus) / lots,
        paid=truth.paid / lots,
        cost=truth.cost / lots,
        welfare=truth.welfare / lots,
        worst=min(truth.utility.get(worker, 0.0) for worker in workers) / lots,
        refused=truth.refused / max(len(scenes), 1),
        effects=effects,
    )


def choose_liars(
    lie: Misreport, workers: Sequence[WorkerId], number: int, seed: int
) -> tuple[WorkerId, ...]:
    """Return who lies: single workers in turn, groups drawn; nobody if all would have to."""
    if lie.group == "one":
        return (workers[number % len(workers)],)
    size = ceil(len(workers) / 3) if lie.group == "share" else SIZES[lie.group]
    if size >= len(workers):
        return ()
    drawn = {worker: uniform(seed, "liars", lie.group, number, worker) for worker in workers}
    return tuple(sorted(workers, key=lambda worker: drawn[worker])[:size])


def _effect(
    mechanism: Mechanism,
    scenes: Sequence[Scene],
    workers: Sequence[WorkerId],
    lie: Misreport,
    liars: Liars,
    truth: Totals,
    seed: int,
) -> Effect:
    lied = play(mechanism, scenes, lambda scene, place: lie.act(scene, liars, place), seed=seed)
    rest = [worker for worker in workers if worker not in liars]
    course = tuple(
        before - after for before, after in zip(truth.surplus, lied.surplus, strict=True)
    )

    def change(group: Sequence[WorkerId]) -> float:
        after, before = lied.utility, truth.utility
        return per_lot(after, group, truth.lots) - per_lot(before, group, truth.lots)

    return Effect(
        liars=liars,
        gain=change(liars),
        loss=sum(course) / max(truth.lots, 1),
        others=-change(rest) if rest else 0.0,
        course=course,
    )
