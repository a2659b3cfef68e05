"""The workers of a log, best first, and which neighbours can be told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from orchestrator.logs.scorecard import Rows, scorecard
from scoring.binary import QUADRATIC
from scoring.codes import codes_of
from scoring.comparison import head_to_head
from scoring.prequential import forecasts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.logs.score_log import Entry, ScoreLog
    from orchestrator.logs.scorecard import Scorecard
    from scoring.rule import ScoringRule

    Floats = NDArray[np.float64]

SURE: Final = 1.96
"""So many standard errors of their difference tell two workers apart."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How far a worker is ahead of the next one.

    Attributes:
        worker: The better one by mean score.
        following: The next.
        difference: By how much it scores better; ``None`` where a score is infinite.
        error: The standard error of the difference.
        common: On how many common questions both were compared; ``None`` if each was taken on its
            own rows.
    """

    worker: str
    following: str
    difference: float | None
    error: float | None
    common: int | None

    @property
    def sure(self) -> bool:
        """Whether the two can be told apart."""
        if self.difference is None or self.error is None:
            return False
        return abs(self.difference) > SURE * self.error

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "worker": self.worker,
            "next": self.following,
            "difference": self.difference,
            "standard_error": self.error,
            "common_questions": self.common,
            "told_apart": self.sure,
        }


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """All workers of a log, best first.

    Attributes:
        rule: The name of the rule.
        base_rates: The mean outcome at each kind: what a missing report scores as, and what skill
            is measured against.
        cards: The workers, best first.
        leads: The differences between neighbours in that order.
        unsettled: The lines of the log without an outcome, which were left out.
    """

    rule: str
    base_rates: Mapping[str, float]
    cards: Sequence[Scorecard]
    leads: Sequence[Lead]
    unsettled: Sequence[int]

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "rule": self.rule,
            "rows": sum(card.count for card in self.cards),
            "unsettled_lines": list(self.unsettled),
            "base_rates": dict(self.base_rates),
            "workers": [card.to_data() for card in self.cards],
            "neighbours": [lead.to_data() for lead in self.leads],
        }


def scoreboard(log: ScoreLog, rule: ScoringRule = QUADRATIC) -> Scoreboard:
    """Score a log.

    Args:
        log: With at least one entry.
        rule: A proper rule for one event; higher is better.

    Returns:
        All workers, best first. Neighbours are compared on the questions that both answered, where
        questions have names, else as if their rows were independent.

    >>> from orchestrator.logs.score_log import Entry, ScoreLog
    >>> entries = [Entry(2, "ann", 0.75, 1, "", ""), Entry(3, "ann", None, 0, "", "")]
    >>> scoreboard(ScoreLog(entries, [])).cards[0].score  # -(1 - 0.75)**2 and -0.5**2, halved
    -0.15625
    """
    import numpy as np

    rows, base_rates = _columns(log.entries, rule)
    names, workers = codes_of(entry.worker for entry in log.entries)
    ends = np.bincount(workers).cumsum()
    own = np.split(np.argsort(workers, kind="stable"), ends[:-1])
    by_name = {name: rows.at(places) for name, places in zip(names, own, strict=True)}
    cards = sorted(
        (scorecard(name, mine, rule) for name, mine in by_name.items()),
        key=lambda card: -card.score,
    )
    questions = [_by_question(by_name[card.worker]) for card in cards]
    leads = [
        _lead(*neighbours, *both)
        for neighbours, both in zip(pairwise(cards), pairwise(questions), strict=True)
    ]
    return Scoreboard(rule.name, base_rates, cards, leads, log.unsettled)


# ----------------------------------------------------------------------------------------------


def _columns(entries: Sequence[Entry], rule: ScoringRule) -> tuple[Rows, dict[str, float]]:
    """Return the entries with what is computed row by row, and the base rate at each kind."""
    import numpy as np

    outcomes = np.array([entry.outcome for entry in entries], dtype=np.float64)
    stated = np.array([entry.report for entry in entries], dtype=np.float64)
    names, kinds = codes_of(entry.kind for entry in entries)
    rates = np.bincount(kinds, weights=outcomes) / np.bincount(kinds)
    base, missing = rates[kinds], np.isnan(stated)
    reports = np.where(missing, base, stated)
    _, questions = codes_of((entry.kind, entry.question) for entry in entries)
    unnamed = np.array([not entry.question for entry in entries])
    questions[unnamed] = -1 - np.flatnonzero(unnamed)
    rows = Rows(
        lines=np.array([entry.line for entry in entries]),
        stated=stated,
        reports=reports,
        outcomes=outcomes,
        base=base,
        forecasts=_recalibrated(entries, reports, outcomes, ~missing),
        scores=rule.score_many(reports, outcomes).values,
        questions=questions,
    )
    return rows, dict(zip(names, rates.tolist(), strict=True))


def _recalibrated(
    entries: Sequence[Entry], reports: Floats, outcomes: Floats, stated: NDArray[np.bool_]
) -> Floats:
    """Return forecasts made in the order of the file, each from earlier outcomes alone."""
    keys = [f"{entry.worker}\t{entry.kind}" for entry in entries if entry.report is not None]
    found = reports.copy()
    found[stated] = forecasts(keys, reports[stated], outcomes[stated])
    return found


def _lead(
    ahead: Scorecard, next_: Scorecard, mine: Mapping[int, float], others: Mapping[int, float]
) -> Lead:
    names = ahead.worker, next_.worker
    if ahead.infinite or next_.infinite:
        return Lead(*names, None, None, None)
    if len(mine.keys() & others.keys()) >= 2:
        found = head_to_head(mine, others)
        return Lead(*names, found.difference, found.standard_error, found.tasks)
    errors = ahead.error, next_.error
    both = None if None in errors else math.hypot(*filter(None, errors))
    return Lead(*names, ahead.score - next_.score, both, None)


def _by_question(rows: Rows) -> dict[int, float]:
    """Return the mean score on each question that has a name."""
    import numpy as np

    named = rows.questions >= 0
    questions, places, counts = np.unique(
        rows.questions[named], return_inverse=True, return_counts=True
    )
    means = np.bincount(places, weights=rows.scores[named]) / counts
    return dict(zip(questions.tolist(), means.tolist(), strict=True))
