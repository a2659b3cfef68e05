"""Plays a row of auctions by one mechanism and adds up who got what."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestrator.audit.misreports import Act, honest
from orchestrator.audit.scene import Answer, Scene
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.contingent import ContingentVcg
from protocols.contract import Contract, Settlement
from protocols.errors import MechanismError
from protocols.joint_value import JointValue
from protocols.mechanism import Allocation, Mechanism
from protocols.messages import Award, Lot, Result
from protocols.stopping import Stopping, walk
from protocols.units import Money, TaskId, WorkerId
from protocols.worth import Combine, combine_of, worth
from scoring.catalog import SCORING_RULES

Acting = Callable[[Scene, int], Act]
"""What is said and done in a scene, by its place in the row."""


@dataclass(slots=True)
class Totals:
    """What a row of auctions came to, in nano-units.

    Attributes:
        lots: How many tasks were put up: lots, or auctions where the lots of one are parts of,
            or attempts at, the same task.
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
    book, combine = standing_book(mechanism, 1), combine_of(mechanism)
    for place, scene in enumerate(scenes):
        act = honest(scene) if acting is None else acting(scene, place)
        totals.lots += 1 if combine else len(scene.announcement.lots)
        standings = book.open(act.announcement)
        try:
            allocation = mechanism.clear(act.announcement, act.bids, standings, seed)
        except MechanismError:
            totals.refused += 1
            totals.surplus.append(0.0)
            book.close()
            continue
        auction = _Auction(totals, book, scene, act)
        totals.surplus.append(auction.carry_out(allocation, combine))
        book.close()
    return totals


class _Auction(NamedTuple):
    """One auction that was cleared and is carried out."""

    totals: Totals
    book: StandingBook
    scene: Scene
    act: Act

    def carry_out(self, allocation: Allocation, combine: Combine | None) -> float:
        """Settle what was awarded and return the coordinator's surplus."""
        lots = {lot.task: lot for lot in self.act.announcement.lots}
        sequences: dict[TaskId, list[Award]] = {}
        for award in allocation.awards:
            sequences.setdefault(award.task, []).append(award)
        before = self.totals.paid
        chances: dict[TaskId, float] = {}
        for task, awards in sequences.items():
            if stops := [each.stop for each in awards if each.stop is not None]:
                chances[task] = self._choose(lots[task], awards, stops)
            else:
                chances[task] = self._try(lots[task], awards)
        return worth(self.act.announcement.lots, chances, combine) - (self.totals.paid - before)

    def _try(self, lot: Lot, awards: Sequence[Award]) -> float:
        """Try one worker after the other until a success; return the chance of one."""
        missed, done = 1.0, False
        for award in awards:
            if missed <= 0.0:
                break
            drawn, chance = self._end(award)
            self._pay(award, chance, missed)
            missed *= 1.0 - chance
            if not done:
                self._note(lot, award, drawn)
                done = drawn >= 1.0
        return 1.0 - missed

    def _choose(self, lot: Lot, awards: Sequence[Award], stops: Sequence[Stopping]) -> float:
        """Buy answers until one is sure enough, deliver the best and set the others aside."""
        said = [self._say(award) for award in awards]
        bought, best = walk(stops, said)
        delivered = 0.0
        for place, award in enumerate(awards[:bought]):
            report = _result(award, *said[place])
            self.book.hear(lot, award, report)
            if place != best:
                self._pay(award, 0.0, 1.0)
                continue
            drawn, chance = self._end(award)
            delivered = drawn if stops[0].coincidence is not None else chance
            self._pay(award, delivered, 1.0)
            self._note(lot, award, drawn, report)
        return delivered

    def _end(self, award: Award) -> tuple[float, float]:
        """Return how the work of an award ends, drawn or recorded, and what is settled for it."""
        owner = self._owner(award)
        effort = self.act.effort.get(owner, 1.0)
        success = self.scene.success[owner, award.task] * effort
        known = self.act.known[award.worker, award.task].probability
        return success, success if self.scene.recorded else known

    def _say(self, award: Award) -> Answer:
        """Return what a worker says with its work."""
        key = (award.worker, award.task)
        right = self.scene.success[self._owner(award), award.task] >= 1.0
        return self.act.answers.get(key) or Answer("right" if right else "wrong", None)

    def _pay(self, award: Award, success: float, chance: float) -> None:
        """Book what an award comes to, weighted with the chance that it is reached."""
        cost = self.act.known[award.worker, award.task].cost
        paid = _paid(award.contract, success, cost)
        totals = self.totals
        totals.utility[self._owner(award)] += chance * (paid - cost)
        totals.cost += chance * cost
        totals.paid += chance * paid
        totals.awards += chance

    def _note(self, lot: Lot, award: Award, success: float, report: Result | None = None) -> None:
        """Let the standings learn how it ended."""
        cost = self.act.known[award.worker, award.task].cost
        score = SCORING_RULES[award.contract.rule].score(award.contract.report, success)
        settlement = Settlement.model_construct(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            success=success,
            score=score,
            payment=award.contract.pay(success, cost, score),
            cost=cost,
        )
        self.book.note(lot, award, settlement, report)

    def _owner(self, award: Award) -> WorkerId:
        return self.act.owners.get(award.worker, award.worker)


def _result(award: Award, text: str, confidence: float | None) -> Result:
    return Result.model_construct(
        announcement=award.announcement,
        task=award.task,
        worker=award.worker,
        answer=text,
        cost=Money(0),
        confidence=confidence,
    )


def _paid(contract: Contract, share: float, cost: Money) -> Money:
    """Return what a contract pays for a success, or in expectation over one of this probability.

    Contracts and scores are linear in the success, so the two are the same formula.
    """
    score = 0.0
    if contract.score_weight:
        score = SCORING_RULES[contract.rule].score(contract.report, share)
    return contract.pay(share, cost, score)


def optimum(scenes: Sequence[Scene], combine: Combine | None = None) -> Totals:
    """Return what knowing everything brings: the best assignment to single workers.

    Where the lots of an auction are one task, it is the best team. On recorded scenes it is what
    comes of the assignment that looks best beforehand.
    """
    if combine is not None:
        return play(JointValue(combine), scenes)
    return play(ContingentVcg(lambda report: 0.0, "quadratic", Money(0)), scenes)


def per_lot(amounts: Mapping[WorkerId, float], workers: Sequence[WorkerId], lots: int) -> float:
    """Return the mean utility of some workers per lot put up."""
    return sum(amounts.get(worker, 0.0) for worker in workers) / len(workers) / max(lots, 1)
