"""Escalation on recorded answers: buy them one by one until one is sure enough, every one paid.

The rule is that of the catalog (`protocols.escalation`); here is only how its sequences are walked on
answers that are there already, and which workers it is given.
"""

from __future__ import annotations

from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from orchestrator.bench.belief import table_belief
from orchestrator.bench.choice import NOBODY, Came, came
from orchestrator.bench.market import Market
from orchestrator.bench.past import learned_standings
from orchestrator.bench.probe import mean_costs
from protocols.escalation import Escalation
from protocols.stopping import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.bench.dataset import Dataset
    from protocols.stopping import Stopping

MOST: Final = 3
"""Up to so many workers are chosen to be escalated among."""

_FRONT: Final = 7
"""They are chosen from those that no cheaper worker beats: the best, and so many of the cheapest."""


class Team(NamedTuple):
    """Who is asked, and how the answers are judged.

    Attributes:
        columns: The places of the workers that bid.
        coincidence: How likely two wrong answers are the same; ``None`` compares none.
    """

    columns: tuple[int, ...]
    coincidence: float | None = None


class Escalating:
    """What escalation brings; everything is learned and chosen on the first part.

    Args:
        fit: The first part.
    """

    def __init__(self, fit: Dataset) -> None:
        self._fit = fit
        self._standings = learned_standings(Escalation(), fit)
        self._coincidence = coincidence(fit)
        self.everybody = Team(tuple(range(len(fit.workers))))
        some = _front(fit)
        some = [*some[:-1][:_FRONT], some[-1]]
        self._teams = [
            Team(each) for size in range(1, MOST + 1) for each in combinations(some, size)
        ]

    def team(self, value: float) -> Team:
        """Return whom to ask when a success is worth so much, and whether to compare answers."""
        found = max((*self._teams, self.everybody), key=lambda team: self._utility(value, team))
        if self._coincidence is None:
            return found
        compared = found._replace(coincidence=self._coincidence)
        return max((found, compared), key=lambda team: self._utility(value, team))

    def played(self, asked: Dataset, value: float, team: Team) -> Came:
        """Return what a team comes to on questions: the cost is that of every answer bought."""
        columns = list(team.columns)
        shown = asked.only(columns)
        market = Market(Escalation(coincidence=team.coincidence), shown, value, 0)
        belief = table_belief(self._fit.only(columns), shown)
        choice = np.full(len(asked), NOBODY)
        spent = np.zeros(len(asked))
        walks = _Walks(shown)
        for rows in _alike(shown):
            sequence = market.sequence(int(rows[0]), belief, self._standings)
            order, stops = [column for column, _ in sequence], [stop for _, stop in sequence]
            for row in rows.tolist():
                choice[row], spent[row] = walks.walk(row, order, stops)
        success = came(shown, choice).success
        return Came(success, spent, spent)

    def _utility(self, value: float, team: Team) -> float:
        return float(self.played(self._fit, value, team).utility(value).mean())


class _Walks:
    """Recorded answers as lists, which are quicker to walk than arrays."""

    def __init__(self, asked: Dataset) -> None:
        self._stated = asked.confidence.tolist()
        self._answered, self._answers = asked.answered.tolist(), asked.answer.tolist()
        self._costs = asked.cost.tolist()

    def walk(
        self, row: int, columns: Sequence[int], stops: Sequence[Stopping]
    ) -> tuple[int, float]:
        """Return whose answer to a question is delivered, and what all that were bought cost."""
        bought, best = walk(stops, [self._said(row, column) for column in columns])
        cost = sum(self._costs[row][column] for column in columns[:bought])
        return NOBODY if best is None else columns[best], cost

    def _said(self, row: int, column: int) -> tuple[str, float | None] | None:
        """Return an answer, if there is one, and how sure its worker is of it."""
        if not self._answered[row][column]:
            return None
        stated = self._stated[row][column]
        return str(self._answers[row][column]), None if isnan(stated) else stated


def coincidence(fit: Dataset) -> float | None:
    """Return how often two wrong answers to a question are the same; ``None`` if never or unknown."""
    wrong = fit.known & (fit.success < 1.0) & (fit.answer >= 0)
    pairs = same = 0
    for one, other in combinations(range(len(fit.workers)), 2):
        both = wrong[:, one] & wrong[:, other]
        pairs += int(both.sum())
        same += int((fit.answer[both, one] == fit.answer[both, other]).sum())
    return same / pairs if same else None


def _front(fit: Dataset) -> list[int]:
    """Return the workers that no cheaper one beats; the cheapest first."""
    right = np.where(fit.known, fit.success, 0.0).mean(axis=0)
    found: list[int] = []
    for column in np.argsort(mean_costs(fit), kind="stable").tolist():
        if not found or right[column] > right[found[-1]]:
            found.append(column)
    return found


def _alike(asked: Dataset) -> Iterator[np.ndarray]:
    """Yield the places of questions of one kind that the same workers can bid on."""
    about = np.column_stack([asked.kind, asked.known])
    _, places = np.unique(about, axis=0, return_inverse=True)
    for each in range(int(places.max()) + 1):
        yield np.flatnonzero(places.ravel() == each)
