"""Identical answers: two workers are one, or one copies the other.

That good workers agree is no wonder, nor that hard tasks lead all into the same error. So the
agreement of a pair is compared with the one that its agreement with third parties predicts. With
``k`` the agreement beyond chance (as in Cohen's kappa), honest workers that answer independently
given the task have ``k_ij = r_i r_j`` for some strengths r, hence

    k_ij = k_io k_jo / k_oo,          o: all others

whatever the common errors do to the r (the vanishing tetrads of Spearman's one-factor model). Two
names of one worker agree far more than that.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scoring.screens.significance import holm, normal_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FEWEST_TASKS = 10
"""So many common tasks are needed to say something of a pair."""

W = TypeVar("W", bound=str)
"""A worker."""

CLEAR = 0.01
"""The agreement of a pair with a corrected p-value so low predicts that of nobody else."""

_SURE = 3.0
_MOST = 0.999


class Agreement(NamedTuple):
    """How often two workers agree, and how often they should.

    Attributes:
        first: The one.
        second: The other.
        agreement: On their common tasks, in [0, 1].
        error: Its standard error if the expected agreement is right.
        expected: What their agreement with the others predicts.
        p_value: How likely honest workers agree so much, or more.
        tasks: How many tasks they have in common.
    """

    first: str
    second: str
    agreement: float
    error: float
    expected: float
    p_value: float
    tasks: int


class _Tally:
    """Agreements of a pair, and those that chance alone gives."""

    __slots__ = ("agreed", "by_chance", "tasks")

    def __init__(self) -> None:
        self.agreed = self.by_chance = 0.0
        self.tasks = 0

    def add(self, other: _Tally) -> None:
        self.agreed += other.agreed
        self.by_chance += other.by_chance
        self.tasks += other.tasks

    @property
    def kappa(self) -> float:
        room = self.tasks - self.by_chance
        return (self.agreed - self.by_chance) / room if room > 0 else 0.0

    @property
    def error(self) -> float:
        """The standard error of kappa."""
        if not self.tasks or self.tasks <= self.by_chance:
            return math.inf
        share = min(max(self.agreed / self.tasks, 0.5 / self.tasks), 1 - 0.5 / self.tasks)
        deviation = math.sqrt(share * (1 - share) / self.tasks)
        return deviation * self.tasks / (self.tasks - self.by_chance)


def agreements(
    answers: Iterable[tuple[str, Mapping[W, str]]],
    independent: Callable[[W, W], bool] = lambda first, second: first != second,
) -> list[Agreement]:
    """Compare the agreement of each pair of workers with what the others predict.

    Args:
        answers: For each task its kind, and the answer of each worker; equal answers are equal
            texts.
        independent: Whether two workers have no declared relation; related ones are neither
            compared nor taken as third parties of each other.

    Returns:
        One entry for each independent pair with enough common tasks, in the order of names; none if
        the others agree too little to predict anything.

    >>> agreements([("kind", {"ann": "yes", "bob": "yes"})])
    []
    """
    tallies = _tallies(list(answers), independent)
    third_parties = dict(tallies)
    while True:
        compared = {pair: _compared(tallies, third_parties, *pair) for pair in sorted(tallies)}
        found = {pair: each for pair, each in compared.items() if each is not None}
        adjusted = holm([each.p_value for each in found.values()])
        clear = [pair for pair, p_value in zip(found, adjusted, strict=True) if p_value <= CLEAR]
        doubtful = [pair for pair in clear if pair in third_parties]
        if not doubtful:
            return list(found.values())
        for pair in doubtful:
            del third_parties[pair]


def _tallies(
    answers: Sequence[tuple[str, Mapping[W, str]]], independent: Callable[[W, W], bool]
) -> dict[tuple[W, W], _Tally]:
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind, given in answers:
        labels[kind].update(given.values())
    chance = {kind: _chance(counts) for kind, counts in labels.items()}
    tallies: defaultdict[tuple[W, W], _Tally] = defaultdict(_Tally)
    for kind, given in answers:
        names = sorted(given)
        for place, first in enumerate(names):
            for second in names[place + 1 :]:
                if independent(first, second):
                    tally = tallies[first, second]
                    tally.tasks += 1
                    tally.agreed += given[first] == given[second]
                    tally.by_chance += chance[kind]
    return dict(tallies)


def _chance(counts: Counter[str]) -> float:
    """Return how often two answers are equal that were drawn without regard to the task."""
    total = counts.total()
    if total < 2:
        return 0.0
    return sum(count * (count - 1) for count in counts.values()) / (total * (total - 1))


def _compared(
    tallies: Mapping[tuple[W, W], _Tally],
    third_parties: Mapping[tuple[W, W], _Tally],
    first: W,
    second: W,
) -> Agreement | None:
    mine = tallies[first, second]
    if mine.tasks < FEWEST_TASKS:
        return None
    of_first, of_second, of_others = _Tally(), _Tally(), _Tally()
    for (one, other), tally in third_parties.items():
        involved = {one, other} & {first, second}
        if not involved:
            of_others.add(tally)
        elif len(involved) == 1:
            (of_first if first in involved else of_second).add(tally)
    if of_others.kappa < _SURE * of_others.error or min(of_first.tasks, of_second.tasks) < 1:
        return None
    strengths = max(of_first.kappa, 0.0), max(of_second.kappa, 0.0)
    kappa = min(strengths[0] * strengths[1] / of_others.kappa, _MOST)
    spread = math.sqrt(
        (strengths[1] * of_first.error) ** 2
        + (strengths[0] * of_second.error) ** 2
        + (kappa * of_others.error) ** 2
    )
    by_chance = mine.by_chance / mine.tasks
    expected = by_chance + (1 - by_chance) * kappa
    spread *= (1 - by_chance) / of_others.kappa
    agreed = mine.agreed / mine.tasks
    error = math.sqrt(expected * (1 - expected) / mine.tasks + spread**2)
    z = (agreed - 0.5 / mine.tasks - expected) / error if error else 0.0
    return Agreement(first, second, agreed, error, expected, normal_tail(z), mine.tasks)
