"""Looks through a journal for what would be unlikely if all workers were honest.

Five screens: stated costs above metered ones, bids just below the reserve, grades just above the
threshold, bids that move together, answers that are the same too often. They look many times, so
the p-values are corrected: within each screen, and for the number of screens. Among honest workers
the chance of any finding at all is then at most the level, under the assumptions of the screens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from orchestrator.guard_settings import Screen, guard_settings
from orchestrator.screening.observed import Observed
from protocols.units import WorkerId
from scoring.screens.bunching import Bunching, above_threshold, below_edge
from scoring.screens.comovement import comovements
from scoring.screens.copies import agreements
from scoring.screens.shading import shading
from scoring.screens.significance import holm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.memory.record import Record

LEVEL: Final = 0.01
"""The chance of a false finding in a run of honest workers."""

MOST_WORKERS: Final = 16
"""The bids of so many workers are compared with each other, those with most of them."""

MOST_LOTS: Final = 400
"""On so many lots, the newest."""

EVIDENCE: Final = 5
"""So many entries are named for each finding."""

_MARGIN: Final = 0.9
"""Bids below the reserve mean something if the work costs less than this part of them."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one screen found about one worker or one pair.

    Attributes:
        screen: Which one.
        workers: About whom.
        figure: What was measured; see the screen.
        error: Its standard error.
        expected: What it would be among honest workers.
        p_value: How likely they would show as much.
        adjusted: The same, with the correction for everything that was looked at.
        count: On how many numbers it rests.
        evidence: Entries of the journal that show it best.
        words: The finding in plain words.
    """

    screen: Screen
    workers: tuple[WorkerId, ...]
    figure: float
    error: float
    expected: float
    p_value: float
    adjusted: float
    count: int
    evidence: tuple[int, ...]
    words: str

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "screen": self.screen,
            "workers": list(self.workers),
            "figure": self.figure,
            "standard_error": self.error,
            "expected": self.expected,
            "p_value": self.p_value,
            "adjusted_p_value": self.adjusted,
            "count": self.count,
            "evidence": list(self.evidence),
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screens found in a run.

    Attributes:
        level: The chance of any false finding.
        found: What is at most as likely, the least likely first.
        tests: How many times each screen looked; 0 where the run is too small or of another sort.
        review: The findings after which a person should look, as the run says.
        decided: About whom a person has decided since.
    """

    level: float
    found: Sequence[Suspicion]
    tests: Mapping[Screen, int]
    review: Sequence[Suspicion]
    decided: frozenset[WorkerId]

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "level": self.level,
            "tests": dict(self.tests),
            "found": [each.to_data() for each in self.found],
            "review": [each.screen for each in self.review],
            "decided": sorted(self.decided),
        }


def screen(record: Record, level: float = LEVEL) -> Screening:
    """Run all screens over a journal.

    Args:
        record: The journal.
        level: The chance of any false finding, in (0, 1).

    Raises:
        JournalError: If the journal cannot be read.
    """
    observed = Observed()
    for entry in record.entries():
        observed.note(entry.seq, entry.event)
    looked: dict[Screen, list[Suspicion]] = {}
    for name, look in SCREENS.items():
        looked[name] = list(look(observed))
    corrected = [each for found in looked.values() for each in _corrected(found)]
    found = sorted(
        (each for each in corrected if each.adjusted <= level), key=lambda each: each.adjusted
    )
    settings = guard_settings(observed.guards)
    named = settings.review if settings is not None else ()
    return Screening(
        level,
        found,
        {name: len(tests) for name, tests in looked.items()},
        [each for each in found if each.screen in named],
        frozenset(observed.decided),
    )


def _corrected(found: Sequence[Suspicion]) -> Iterator[Suspicion]:
    """Correct the p-values of one screen for its own tests, and for the other screens."""
    if found and found[0].screen == "ring":  # corrected by the shuffles themselves
        within = [each.adjusted for each in found]
    else:
        within = holm([each.p_value for each in found])
    for each, adjusted in zip(found, within, strict=True):
        yield replace(each, adjusted=min(1.0, adjusted * len(SCREENS)))


# The screens ----------------------------------------------------------------------------------


def _shading(observed: Observed) -> Iterator[Suspicion]:
    for worker, numbers in observed.costs.items():
        found = shading([one.value for one in numbers], [one.other for one in numbers])
        if found is None:
            continue
        dearest = sorted(numbers, key=lambda one: one.other - one.value)[:EVIDENCE]
        yield Suspicion(
            *("shading", (worker,), found.ratio, found.error, 1.0, found.p_value, 1.0),
            count=found.awards,
            evidence=tuple(sorted(one.seq for one in dearest)),
            words=f"{worker} asks for {found.ratio:.2f} times what its work is metered at",
        )


def _reserve(observed: Observed) -> Iterator[Suspicion]:
    for worker, prices in observed.prices.items():
        costs = observed.costs.get(worker, ())
        stated, metered = (sum(one.value for one in costs), sum(one.other for one in costs))
        found = below_edge([one.value for one in prices])
        if found is None or not stated or metered > _MARGIN * stated:
            continue
        words = (
            f"of the bids of {worker} within a tenth below the reserve, {found.share:.0%} are in"
            f" the upper half, while its work costs {metered / stated:.0%} of what it asks for"
        )
        seqs = tuple(prices[place].seq for place in found.places[:EVIDENCE])
        yield _bunched("reserve", worker, found, seqs, words)


def _threshold(observed: Observed) -> Iterator[Suspicion]:
    for (worker, kind), numbers in observed.grades.items():
        others = [
            one.value
            for (other, same), grades in observed.grades.items()
            if other != worker and same == kind
            for one in grades
        ]
        mine = [one.value for one in numbers]
        found = above_threshold(mine, others, observed.solved_at)
        if found is None:
            continue
        words = (
            f"of the grades of {worker} near {observed.solved_at:g}, {found.share:.0%} just reach"
            f" it at {kind}; of those of the others {found.expected:.0%} do"
        )
        seqs = tuple(numbers[place].seq for place in found.places[:EVIDENCE])
        yield _bunched("threshold", worker, found, seqs, words)


def _bunched(
    screen: Screen, worker: WorkerId, found: Bunching, seqs: tuple[int, ...], words: str
) -> Suspicion:
    return Suspicion(
        *(screen, (worker,), found.share, found.error, found.expected, found.p_value, 1.0),
        count=found.near,
        evidence=seqs,
        words=words,
    )


def _ring(observed: Observed) -> Iterator[Suspicion]:
    import numpy as np

    lots = list(observed.lots)[-MOST_LOTS:]
    counts = {name: sum(name in lot.costs for lot in lots) for name in observed.participants}
    names = sorted(counts, key=lambda name: -counts[name])[:MOST_WORKERS]
    pairs = [
        (i, j)
        for i, j in combinations(range(len(names)), 2)
        if independent(observed, names[i], names[j])
    ]
    if not (lots and pairs):
        return
    bids = np.array([[lot.costs.get(name, np.nan) for name in names] for lot in lots], dtype=float)
    kinds = {kind: place for place, kind in enumerate(sorted({lot.kind for lot in lots}))}
    for found in comovements(bids, [kinds[lot.kind] for lot in lots], pairs):
        first, second = names[found.first], names[found.second]
        how = "go up and down together" if found.correlation > 0 else "go up in turn"
        words = (
            f"the bids of {first} and {second} {how} beyond what moves those of the others:"
            f" correlation {found.correlation:.2f}"
        )
        yield Suspicion(
            *("ring", (first, second), found.correlation, found.error, 0.0),
            *(found.p_value, found.adjusted, found.lots),
            evidence=tuple(sorted({lots[place].seq for place in found.strongest})),
            words=words,
        )


def _copies(observed: Observed) -> Iterator[Suspicion]:
    tasks = list(observed.tasks)
    answers = [(task.kind, task.answers) for task in tasks]

    def apart(first: str, second: str) -> bool:
        return independent(observed, first, second)

    for found in agreements(answers, apart):
        pair = tuple(name for name in observed.participants if name in found[:2])
        shared = [task for task in tasks if all(name in task.answers for name in pair)]
        same = [task for task in shared if task.answers[pair[0]] == task.answers[pair[1]]]
        same.sort(key=lambda task: list(task.answers.values()).count(task.answers[pair[0]]))
        words = (
            f"{pair[0]} and {pair[1]} give the same answer in {found.agreement:.0%} of"
            f" {found.tasks} tasks; their agreement with the others predicts {found.expected:.0%}"
        )
        yield Suspicion(
            *("copies", pair, found.agreement, found.error, found.expected, found.p_value, 1.0),
            count=found.tasks,
            evidence=tuple(sorted(task.seqs[pair[1]] for task in same[:EVIDENCE])),
            words=words,
        )


def independent(observed: Observed, first: str, second: str) -> bool:
    """Whether two workers are of different owners and families, as far as that is said.

    What is declared is no secret: such workers are not compared, and are never each other's peers.
    """
    a, b = (observed.participants.get(WorkerId(name)) for name in (first, second))
    if a is None or b is None or first == second:
        return False
    same_owner = a.owner is not None and a.owner == b.owner
    same_family = a.family is not None and a.family == b.family
    return not (same_owner or same_family)


SCREENS: Final[dict[Screen, Callable[[Observed], Iterator[Suspicion]]]] = {
    "shading": _shading,
    "reserve": _reserve,
    "threshold": _threshold,
    "ring": _ring,
    "copies": _copies,
}
"""The word of a screen -> what yields its tests, significant or not."""
