"""The workers of a log, best first, and which neighbours can be told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from orchestrator.logs.scorecard import Row, question, scorecard
from scoring.binary import QUADRATIC
from scoring.comparison import head_to_head
from scoring.recalibration import Recalibrator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.logs.score_log import Entry, ScoreLog
    from orchestrator.logs.scorecard import Scorecard
    from scoring.rule import ScoringRule

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
    entries = log.entries
    base_rates = _means((entry.kind, entry.outcome) for entry in entries)
    forecasts = _recalibrated(entries, base_rates)
    rows: dict[str, list[Row]] = {}
    for entry, forecast in zip(entries, forecasts, strict=True):
        base = base_rates[entry.kind]
        report = base if entry.report is None else entry.report
        score = rule.score(report, entry.outcome)
        rows.setdefault(entry.worker, []).append(Row(entry, report, base, forecast, score))
    cards = sorted(
        (scorecard(worker, own, rule) for worker, own in rows.items()), key=lambda card: -card.score
    )
    leads = [_lead(ahead, next_, rows) for ahead, next_ in pairwise(cards)]
    return Scoreboard(rule.name, base_rates, cards, leads, log.unsettled)


# ----------------------------------------------------------------------------------------------


def _recalibrated(entries: Sequence[Entry], base_rates: Mapping[str, float]) -> list[float]:
    """Return forecasts made in the order of the file, each from earlier outcomes alone."""
    maps = Recalibrator()
    found: list[float] = []
    for entry in entries:
        if entry.report is None:
            found.append(base_rates[entry.kind])
            continue
        key = f"{entry.worker}\t{entry.kind}"
        found.append(maps.recalibration(key)(entry.report))
        maps.observe(key, entry.report, entry.outcome)
    return found


def _lead(ahead: Scorecard, next_: Scorecard, rows: Mapping[str, Sequence[Row]]) -> Lead:
    names = ahead.worker, next_.worker
    if ahead.infinite or next_.infinite:
        return Lead(*names, None, None, None)
    mine, others = (_byquestion(rows[name]) for name in names)
    if len(mine.keys() & others.keys()) >= 2:
        found = head_to_head(mine, others)
        return Lead(*names, found.difference, found.standard_error, found.tasks)
    errors = ahead.error, next_.error
    both = None if None in errors else math.hypot(*filter(None, errors))
    return Lead(*names, ahead.score - next_.score, both, None)


def _byquestion(rows: Sequence[Row]) -> dict[object, float]:
    return _means((name, row.score) for row in rows if (name := question(row.entry)))


def _means(pairs: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    found: dict[Any, list[float]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: math.fsum(values) / len(values) for key, values in found.items()}
