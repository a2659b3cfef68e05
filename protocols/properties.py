"""Checks of what a mechanism promises: regret, participation, surplus.

Pure functions over any mechanism, used by the tests and by the audit. Expectations enumerate the
outcomes and are exact fractions, never samples: on amounts that need no rounding a truthful
mechanism shows a gain of exactly zero.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from protocols.mechanism import Allocation, Mechanism, Standing, Standings
from protocols.messages import Announcement, Award, Bid
from protocols.stopping import walk
from protocols.units import Money, TaskId, WorkerId
from protocols.worth import combine_of, worth

ZERO: Final = Fraction(0)
NO_LIMITS: Final[Mapping[str, int]] = MappingProxyType({})

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

    def claiming(self, worker: str, capacity: int | None) -> "Setting":
        """Return the same with another capacity of a worker: what it claims to have room for."""
        participants = tuple(
            member.model_copy(update={"capacity": capacity}) if member.worker == worker else member
            for member in self.announcement.participants
        )
        claimed = self.announcement.model_copy(update={"participants": participants})
        return replace(self, announcement=claimed)


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
    setting: Setting,
    bids: Sequence[Bid],
    truth: Sequence[Bid],
    members: Collection[str],
    rooms: Mapping[str, int] | None = None,
) -> Fraction:
    """Return what workers expect to earn, less the cost of their work.

    Args:
        setting: The mechanism and its circumstances.
        bids: What everybody reports.
        truth: What is the case: for every award that can come about, the worker's true cost and
            probability in the form of its honest bid.
        members: The workers whose utilities are added up; one, or a coalition.
        rooms: How many lots workers can really do; who wins more leaves those undone, without
            success and without cost, that earn it least. No limit where it is not given.

    Returns:
        Nano-units, exactly: every outcome is enumerated; a lot with fallbacks is walked until its
        first success, or where answers are compared until one of them is enough.
    """
    return _expectation(
        setting,
        bids,
        truth,
        lambda award, paid, success: paid if award.worker in members else ZERO,
        NO_LIMITS if rooms is None else rooms,
    )


def expected_surplus(setting: Setting, bids: Sequence[Bid], truth: Sequence[Bid]) -> Fraction:
    """Return the value of what the coordinator expects to be done, less what it pays."""
    lots, combine = setting.announcement.lots, combine_of(setting.mechanism)
    values = {lot.task: lot.value for lot in lots} if combine is None else {}
    facts = {(fact.worker, fact.task): fact for fact in truth}

    def kept(award: Award, earned: Fraction, success: int) -> Fraction:
        paid = earned + facts[award.worker, award.task].cost
        return values.get(award.task, 0) * success - paid

    kept_alone = _expectation(setting, bids, truth, kept)
    if combine is None:
        return kept_alone
    done = [facts[award.worker, award.task] for award in setting.clear(bids).awards]
    chances = {fact.task: fact.probability for fact in done}
    return kept_alone + Fraction(worth(lots, chances, combine))


def _expectation(
    setting: Setting,
    bids: Sequence[Bid],
    truth: Sequence[Bid],
    gain: Callable[[Award, Fraction, int], Fraction],
    rooms: Mapping[str, int] = NO_LIMITS,
) -> Fraction:
    """Add up ``gain(award, payment - cost, success)`` over all awards and outcomes, weighted."""
    facts = {(fact.worker, fact.task): fact for fact in truth}
    awards, aside = _walked(setting.clear(bids).awards)
    undone = _undone(setting, awards, facts, rooms)
    total = ZERO
    reached: dict[TaskId, Fraction] = {}
    for award in awards:
        fact = undone.get((award.worker, award.task)) or facts[award.worker, award.task]
        if award in aside:  # paid for as if it had failed
            fact = fact.model_copy(update={"probability": 0.0})
        reach = reached.get(award.task, Fraction(1))
        for success, weight, earned in _outcomes(setting, award, fact):
            total += reach * weight * gain(award, earned, success)
        reached[award.task] = reach * (1 - Fraction(fact.probability))
    return total


def _walked(awards: Iterable[Award]) -> tuple[list[Award], list[Award]]:
    """Return the awards that can come about, as they are settled, and those that are set aside.

    Where answers are compared, they are taken to say nothing but what the bids have said already.
    """
    sequences: dict[TaskId, list[Award]] = {}
    for award in sorted(awards, key=lambda award: award.rank):
        sequences.setdefault(award.task, []).append(award)
    reached: list[Award] = []
    aside: list[Award] = []
    for sequence in sequences.values():
        stops = [award.stop for award in sequence if award.stop is not None]
        if not stops:
            reached += sequence
            continue
        bought, best = walk(stops, [("", None)] * len(stops))
        others = [award for place, award in enumerate(sequence[:bought]) if place != best]
        aside += others
        reached += others + [award for place, award in enumerate(sequence) if place == best]
    return reached, aside


def _outcomes(
    setting: Setting, award: Award, fact: Bid
) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Yield success and failure of an award: how likely, and the payment less the true cost."""
    chance = Fraction(fact.probability)
    for success, weight in ((1, chance), (0, 1 - chance)):
        score = setting.score(award.contract.report, float(success))
        paid = award.contract.pay(float(success), fact.cost, score)
        yield success, weight, Fraction(paid - fact.cost)


def _undone(
    setting: Setting,
    awards: Sequence[Award],
    facts: Mapping[tuple[WorkerId, TaskId], Bid],
    rooms: Mapping[str, int],
) -> dict[tuple[WorkerId, TaskId], Bid]:
    """Return the work that workers cannot take on, as bids that cost nothing and always fail."""

    def worth(award: Award, fact: Bid) -> Fraction:
        return sum((weight * earned for _, weight, earned in _outcomes(setting, award, fact)), ZERO)

    left: dict[tuple[WorkerId, TaskId], Bid] = {}
    for worker, room in rooms.items():
        losses: list[tuple[Fraction, Bid]] = []
        for award in awards:
            if award.worker == worker:
                fact = facts[award.worker, award.task]
                idle = fact.model_copy(update={"cost": Money(0), "probability": 0.0})
                losses.append((worth(award, fact) - worth(award, idle), idle))
        losses.sort(key=itemgetter(0))
        left |= {(idle.worker, idle.task): idle for _, idle in losses[: max(len(losses) - room, 0)]}
    return left


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
    best = Regret(ZERO)
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
