"""Plays a row of auctions by one mechanism and adds up who got what."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.audit.misreports import Act, honest
from orchestrator.audit.scene import Scene
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.contingent import ContingentVcg
from protocols.contract import Contract, Settlement
from protocols.errors import MechanismError
from protocols.mechanism import Allocation, Mechanism
from protocols.messages import Award, Lot
from protocols.units import Money, TaskId, WorkerId
from scoring.catalog import SCORING_RULES

Acting = Callable[[Scene, int], Act]
"""What is said and done in a scene, by its place in the row."""


@dataclass(slots=True)
class Totals:
    """What a row of auctions came to, in nano-units.

    Attributes:
        lots: How many lots were put up.
        awards: How many contracts came to be carried out, in expectation.
        refused: How many auctions the mechanism could not clear.
        utility: For each worker its payments less its true costs, under all its names.
        cost: The true cost of the work done.
        paid: What was paid to workers, less what they paid.
        surplus: In each auction, the value of the successes less what was paid.
    """

    lots: int = 0
    awards: float = 0.0
    refused: int = 0
    utility: dict[WorkerId, float] = field(
        default_factory=lambda: defaultdict[WorkerId, float](float)
    )
    cost: float = 0.0
    paid: float = 0.0
    surplus: list[float] = field(default_factory=list[float])

    @property
    def welfare(self) -> float:
        """The value of the successes less the true cost of the work."""
        return sum(self.surplus) + self.paid - self.cost


def play(
    mechanism: Mechanism, scenes: Sequence[Scene], acting: Acting | None = None, *, seed: int = 0
) -> Totals:
    """Clear and settle auctions one after the other, and let the standings follow.

    Args:
        mechanism: The rule.
        scenes: The auctions in their order.
        acting: What is said and done instead of the truth.
        seed: Of ties and of what the mechanism draws.

    Returns:
        The totals. Payments are expectations over the outcome of each contract, or are taken at
        the recorded outcome; the standings learn from drawn or recorded outcomes.
    """
    totals = Totals()
    book = standing_book(mechanism, 1)
    for place, scene in enumerate(scenes):
        act = honest(scene) if acting is None else acting(scene, place)
        totals.lots += len(scene.announcement.lots)
        standings = book.open(act.announcement)
        try:
            allocation = mechanism.clear(act.announcement, act.bids, standings, seed)
        except MechanismError:
            totals.refused += 1
            totals.surplus.append(0.0)
            book.close()
            continue
        totals.surplus.append(_carry_out(totals, book, scene, act, allocation))
        book.close()
    return totals


def _carry_out(
    totals: Totals, book: StandingBook, scene: Scene, act: Act, allocation: Allocation
) -> float:
    """Settle what was awarded and return the coordinator's surplus."""
    surplus = 0.0
    lots = {lot.task: lot for lot in act.announcement.lots}
    reach: dict[TaskId, float] = {}
    done: set[TaskId] = set()
    for award in sorted(allocation.awards, key=_rank):
        lot, chance = lots[award.task], reach.get(award.task, 1.0)
        if chance <= 0.0:
            continue
        truth = act.known[award.worker, award.task]
        owner = act.owners.get(award.worker, award.worker)
        success = scene.success[owner, award.task] * act.effort.get(owner, 1.0)
        share = success if scene.recorded else truth.probability
        paid = _paid(award.contract, share, truth.cost)
        totals.utility[owner] += chance * (paid - truth.cost)
        totals.cost += chance * truth.cost
        totals.paid += chance * paid
        totals.awards += chance
        surplus += chance * (lot.value * share - paid)
        reach[award.task] = chance * (1.0 - share)
        if award.task not in done:
            _note(book, lot, award, success, truth.cost)
            if success >= 1.0:
                done.add(award.task)
    return surplus


def _rank(award: Award) -> int:
    return award.rank


def _paid(contract: Contract, share: float, cost: Money) -> Money:
    """Return what a contract pays for a success, or in expectation over one of this probability.

    Contracts and scores are linear in the success, so the two are the same formula.
    """
    score = 0.0
    if contract.score_weight:
        score = SCORING_RULES[contract.rule].score(contract.report, share)
    return contract.pay(share, cost, score)


def _note(book: StandingBook, lot: Lot, award: Award, success: float, cost: Money) -> None:
    score = SCORING_RULES[award.contract.rule].score(award.contract.report, success)
    book.note(
        lot,
        award,
        Settlement.model_construct(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            success=success,
            score=score,
            payment=award.contract.pay(success, cost, score),
            cost=cost,
        ),
    )


def optimum(scenes: Sequence[Scene]) -> float:
    """Return the welfare of knowing everything: the best assignment to single workers.

    On recorded scenes it is the realised welfare of the assignment that looks best beforehand.
    """
    mechanism = ContingentVcg(lambda report: 0.0, "quadratic", Money(0))
    return play(mechanism, scenes).welfare


def per_lot(amounts: Mapping[WorkerId, float], workers: Sequence[WorkerId], lots: int) -> float:
    """Return the mean utility of some workers per lot put up."""
    return sum(amounts.get(worker, 0.0) for worker in workers) / len(workers) / max(lots, 1)
