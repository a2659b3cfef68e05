"""Checks of what a mechanism promises: regret, participation, surplus, efficiency.

Pure functions over any mechanism, used by the tests and by the audit. Expectations enumerate the
outcomes and are exact fractions, never samples: on amounts that need no rounding a truthful
mechanism shows a gain of exactly zero.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import product

from protocols.mechanism import Allocation, Mechanism, Standing, Standings
from protocols.messages import Announcement, Award, Bid
from protocols.units import Money, TaskId, WorkerId

ScoreRule = Callable[[float, float], float]
"""S(report, success) of the rule that the mechanism pays by; higher is better."""


def no_score(report: float, success: float) -> float:
    """Score nothing: the rule for mechanisms without a stake."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything but the bids: which mechanism decides on what, knowing what.

    Attributes:
        mechanism: The mechanism under test.
        announcement: The lots.
        score: The scoring rule of its contracts.
        standings: What it knows of the workers.
        seed: Its tie-break.
    """

    mechanism: Mechanism
    announcement: Announcement
    score: ScoreRule = no_score
    standings: Standings = field(default_factory=dict[tuple[WorkerId, str], Standing])
    seed: int = 0

    def clear(self, bids: Sequence[Bid]) -> Allocation:
        """Clear the announcement on these bids."""
        return self.mechanism.clear(self.announcement, bids, self.standings, self.seed)


@dataclass(frozen=True, slots=True)
class Regret:
    """The most that somebody could have gained by other reports.

    Attributes:
        gain: In nano-units of expected utility; 0 where honesty is a best reply.
        bids: The reports that gain it, empty where honesty is best.
    """

    gain: Fraction
    bids: tuple[Bid, ...] = ()


def expected_utility(
    setting: Setting, bids: Sequence[Bid], truth: Sequence[Bid], members: Collection[str]
) -> Fraction:
    """Return what workers expect to earn, less the cost of their work.

    Args:
        setting: The mechanism and its circumstances.
        bids: What everybody reports.
        truth: What is the case: for every award that can come about, the worker's true cost and
            probability in the form of its honest bid.
        members: The workers whose utilities are added up; one, or a coalition.

    Returns:
        Nano-units, exactly: every outcome is enumerated, and a lot with fallbacks is walked until
        its first success.
    """
    return _expectation(
        setting,
        bids,
        truth,
        lambda award, paid, success: paid if award.worker in members else Fraction(0),
    )


def expected_surplus(setting: Setting, bids: Sequence[Bid], truth: Sequence[Bid]) -> Fraction:
    """Return the value of the successes that the coordinator expects, less what it pays."""
    values = {lot.task: lot.value for lot in setting.announcement.lots}
    facts = {(fact.worker, fact.task): fact for fact in truth}

    def kept(award: Award, earned: Fraction, success: int) -> Fraction:
        paid = earned + facts[award.worker, award.task].cost
        return values[award.task] * success - paid

    return _expectation(setting, bids, truth, kept)


def _expectation(
    setting: Setting,
    bids: Sequence[Bid],
    truth: Sequence[Bid],
    gain: Callable[[Award, Fraction, int], Fraction],
) -> Fraction:
    """Add up ``gain(award, payment - cost, success)`` over all awards and outcomes, weighted."""
    facts = {(fact.worker, fact.task): fact for fact in truth}
    total = Fraction(0)
    reached: dict[TaskId, Fraction] = {}
    for award in sorted(setting.clear(bids).awards, key=lambda award: award.rank):
        fact = facts[award.worker, award.task]
        reach = reached.get(award.task, Fraction(1))
        chance = Fraction(fact.probability)
        for success, weight in ((1, chance), (0, 1 - chance)):
            score = setting.score(award.contract.report, float(success))
            paid = award.contract.pay(float(success), fact.cost, score)
            total += reach * weight * gain(award, Fraction(paid - fact.cost), success)
        reached[award.task] = reach * (1 - chance)
    return total


def regret(
    setting: Setting,
    truth: Sequence[Bid],
    members: Collection[str],
    misreports: Iterable[Sequence[Bid]],
    others: Sequence[Bid] | None = None,
) -> Regret:
    """Return the largest gain over honesty among some misreports.

    Args:
        setting: The mechanism and its circumstances.
        truth: Everybody's honest bids.
        members: Who misreports: one worker, or a coalition that shares its gain.
        misreports: Bids of the members to try in the place of their honest ones.
        others: What the rest report; honest where it is not given. A dominant strategy must have
            no regret whatever they report.
    """
    rest = [bid for bid in (truth if others is None else others) if bid.worker not in members]
    honest = [bid for bid in truth if bid.worker in members]
    floor = expected_utility(setting, [*rest, *honest], truth, members)
    best = Regret(Fraction(0))
    for lie in misreports:
        gain = expected_utility(setting, [*rest, *lie], truth, members) - floor
        if gain > best.gain:
            best = Regret(gain, tuple(lie))
    return best


def misreports(
    honest: Sequence[Bid], costs: Iterable[int], probabilities: Iterable[float]
) -> Iterator[tuple[Bid, ...]]:
    """Yield every combination of costs and probabilities for some bids, and not bidding at all.

    The number of combinations is (costs times probabilities) to the power of the number of bids.
    """
    grid = [*product(costs, probabilities)]
    yield ()
    for reports in product(grid, repeat=len(honest)):
        yield tuple(
            bid.model_copy(update={"cost": Money(cost), "probability": probability})
            for bid, (cost, probability) in zip(honest, reports, strict=True)
        )


def best_welfare(
    scores: Sequence[Mapping[str, int]], limits: Mapping[str, int], without: str | None = None
) -> int:
    """Return the optimum of winner determination by trying every assignment.

    Args:
        scores: For each lot the score of each worker that may win it.
        limits: The capacities; a worker that is not named has none.
        without: A worker that is left out.
    """
    workers = sorted({worker for row in scores for worker in row} - {without})

    @cache
    def best(lot: int, room: tuple[int, ...]) -> int:
        if lot == len(scores):
            return 0
        top = best(lot + 1, room)
        for index, worker in enumerate(workers):
            if room[index] and worker in scores[lot]:
                rest = (*room[:index], room[index] - 1, *room[index + 1 :])
                top = max(top, scores[lot][worker] + best(lot + 1, rest))
        return top

    return best(0, tuple(limits.get(worker, len(scores)) for worker in workers))
