"""How good labels are as far as peers can tell, worker by worker."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.logs.peer_mechanisms import DEMANDS, check, score
from scoring.panel import panel_of
from scoring.peer import PeerScore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.logs.peer_log import PeerLog
    from scoring.peer import PeerResult


@dataclass(frozen=True, slots=True)
class PeerCard:
    """What the labels of one worker are worth.

    Attributes:
        worker: Its name.
        labels: How many labels it gave.
        silent: How many of its rows have none.
        score: The mean over its tasks, higher is better; ``None`` where it is not scored.
        error: The standard error of the score.
        comparisons: How many comparisons with a peer stand behind it.
        refusals: Why the labels of a kind could not be scored.
        accuracy: The share of right labels among its rows with a known truth; ``None`` without any.
    """

    worker: str
    labels: int
    silent: int
    score: float | None
    error: float | None
    comparisons: int
    refusals: tuple[str, ...]
    accuracy: float | None

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "worker": self.worker,
            "labels": self.labels,
            "missing_labels": self.silent,
            "score": self.score,
            "standard_error": self.error,
            "comparisons": self.comparisons,
            "refusals": list(self.refusals),
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True, slots=True)
class PeerBoard:
    """All workers of a log of labels, best first, those that are not scored last.

    Attributes:
        mechanism: The name of the mechanism.
        cards: The workers.
        correlation: The rank correlation of score and accuracy over the workers that have both;
            ``None`` with fewer than three, or where one of the two is constant.
        alone: Whether nothing says who owns a worker or which family it is of.
    """

    mechanism: str
    cards: Sequence[PeerCard]
    correlation: float | None
    alone: bool

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "mechanism": self.mechanism,
            "assumes": DEMANDS[self.mechanism].assumes,
            "owners_known": not self.alone,
            "workers": [card.to_data() for card in self.cards],
            "rank_correlation_with_accuracy": self.correlation,
        }


def peer_board(log: PeerLog, mechanism: str, *, seed: int = 0, assigned: bool = False) -> PeerBoard:
    """Score a log of labels.

    Args:
        log: The labels.
        mechanism: A name in `DEMANDS`.
        seed: Fixes the draws of mechanisms that need any; choose it before labels are known.
        assigned: Whether workers could not choose their tasks.

    Returns:
        All workers. Each kind of task is scored by itself; a worker's score is the mean over its
        rows at the kinds where it could be scored, with 0 for a missing label if the mechanism
        gives 0 to reports that ignore their task.

    Raises:
        InputError: If the log does not hold what the mechanism needs.
    """
    check(mechanism, log.columns, assigned=assigned)
    sums: defaultdict[str, PeerSum] = defaultdict(PeerSum)
    for name, kind in log.kinds.items():
        if kind.reports:
            panel = panel_of(kind.reports, seed=seed)
            labels = Counter(report.worker for report in kind.reports)
            for result in score(mechanism, panel, kind, assigned=assigned):
                sums[result.worker].add(result, name, labels[result.worker])
        for worker, count in Counter(worker for worker, _ in kind.silent).items():
            sums[worker].silent += count
            # a worker that is not scored at a kind is not scored for its silence there either
            if DEMANDS[mechanism].zero and name not in sums[worker].refused:
                sums[worker].weight += count
        for worker, (right, known) in kind.accuracy().items():
            sums[worker].right += right
            sums[worker].known += known
    return board_of(mechanism, sums, alone=not log.columns & {"owner", "family"})


def board_of(mechanism: str, sums: Mapping[str, PeerSum], *, alone: bool = False) -> PeerBoard:
    """Return the workers by their scores, with the rank correlation of score and accuracy."""
    cards = sorted((each.card(worker) for worker, each in sums.items()), key=_rank)
    both = [(c.score, c.accuracy) for c in cards if c.score is not None and c.accuracy is not None]
    found = rank_correlation([a for a, _ in both], [b for _, b in both])
    return PeerBoard(mechanism, cards, found, alone)


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation, ties at their mean rank.

    Returns:
        A number in [-1, 1]; ``None`` with fewer than three pairs, or where all of one are equal.

    >>> rank_correlation([0.1, 0.2, 0.4], [0.5, 0.6, 0.9])
    1.0
    """
    import numpy as np

    if len(one) < 3 or len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return round(float(np.corrcoef(_ranks(one), _ranks(other))[0, 1]), 12)


# ----------------------------------------------------------------------------------------------


class PeerSum:
    """What is known of one worker, summed over the kinds of task."""

    def __init__(self) -> None:
        self.labels = self.silent = self.comparisons = self.right = self.known = 0
        self.weight = self.scored = 0
        self.score = self.squares = 0.0
        self.refused: dict[str, str] = {}

    def add(self, result: PeerResult, kind: str, labels: int) -> None:
        """Take in what a mechanism says of so many labels at a kind of task."""
        self.labels += labels
        if isinstance(result, PeerScore):
            self.scored += 1
            self.weight += labels
            self.score += labels * result.score
            self.squares += (labels * result.standard_error) ** 2
            self.comparisons += result.comparisons
        else:
            self.refused[kind] = result.reason

    def card(self, worker: str) -> PeerCard:
        """Return what it comes to."""
        reasons = tuple(f"{kind}: {why}" if kind else why for kind, why in self.refused.items())
        if not self.labels:
            reasons = ("no label",)
        return PeerCard(
            worker=worker,
            labels=self.labels,
            silent=self.silent,
            score=self.score / self.weight if self.scored else None,
            error=math.sqrt(self.squares) / self.weight if self.scored else None,
            comparisons=self.comparisons,
            refusals=reasons,
            accuracy=self.right / self.known if self.known else None,
        )


def _rank(card: PeerCard) -> tuple[bool, float]:
    return card.score is None, -(card.score or 0.0)


def _ranks(values: Sequence[float]) -> list[float]:
    import numpy as np

    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: list[float] = (np.cumsum(count) - (count - 1) / 2)[place].tolist()
    return ranks
