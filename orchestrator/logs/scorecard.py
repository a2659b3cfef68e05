"""How good the reports of one worker were.

A missing report scores as the base rate of its kind in the log; leaving such rows out would make
silence a way to avoid a bad score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.binary import QUADRATIC
from scoring.calibration import CalibrationTest, spiegelhalter
from scoring.corp import Corp, corp_decomposition
from scoring.smooth_calibration import smooth_calibration_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.logs.score_log import Entry
    from scoring.rule import ScoringRule


@dataclass(frozen=True, slots=True)
class Row:
    """One report of a worker.

    Attributes:
        entry: The row of the log.
        report: What was scored: the report, or the base rate where there is none.
        base: The base rate of its kind.
        forecast: The recalibrated report.
        score: Its score; higher is better.
    """

    entry: Entry
    report: float
    base: float
    forecast: float
    score: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What the reports of one worker were worth.

    Attributes:
        worker: Its name.
        count: How many rows it has.
        missing: The lines of those without a report.
        stated: Its mean report; ``None`` if it made none.
        realised: Its mean outcome.
        score: Its mean score; higher is better.
        error: The standard error of that mean over questions (over rows where questions have no
            name); ``None`` with fewer than two, or where the score is infinite.
        skill: The share of the way from the score of the base rate to that of perfect foresight;
            ``None`` where the base rate is perfect.
        infinite: How many reports were certain and wrong under a rule that has no floor.
        corp: The decomposition of the score.
        smooth: The smooth calibration error; 0 is calibrated.
        test: Spiegelhalter's test; ``None`` where outcomes are graded or no report tells anything.
        brier: The Brier loss, minus the mean quadratic score; lower is better.
        recalibrated: The Brier loss of forecasts made, before each outcome, from the report and all
            earlier outcomes in the file.
    """

    worker: str
    count: int
    missing: tuple[int, ...]
    stated: float | None
    realised: float
    score: float
    error: float | None
    skill: float | None
    infinite: int
    corp: Corp
    smooth: float
    test: CalibrationTest | None
    brier: float
    recalibrated: float

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data; what is infinite is ``None``."""
        return {
            "worker": self.worker,
            "count": self.count,
            "missing_lines": list(self.missing),
            "mean_report": self.stated,
            "success_rate": self.realised,
            "score": finite(self.score),
            "standard_error": self.error,
            "skill": finite(self.skill),
            "infinite_scores": self.infinite,
            "miscalibration": finite(self.corp.miscalibration),
            "discrimination": finite(self.corp.discrimination),
            "uncertainty": finite(self.corp.uncertainty),
            "smooth_calibration_error": self.smooth,
            "spiegelhalter_z": self.test and self.test.z,
            "p_value": self.test and self.test.p_value,
            "brier": self.brier,
            "recalibrated_brier": self.recalibrated,
        }


def scorecard(worker: str, rows: Sequence[Row], rule: ScoringRule) -> Scorecard:
    """Return what the reports of one worker were worth; there must be at least one."""
    count = len(rows)
    reports = [row.report for row in rows]
    outcomes = [row.entry.outcome for row in rows]
    stated = [row.entry.report for row in rows if row.entry.report is not None]
    score = math.fsum(row.score for row in rows) / count
    return Scorecard(
        worker=worker,
        count=count,
        missing=tuple(row.entry.line for row in rows if row.entry.report is None),
        stated=sum(stated) / len(stated) if stated else None,
        realised=sum(outcomes) / count,
        score=score,
        error=_error(rows, score),
        skill=_skill(rows, score, rule),
        infinite=sum(math.isinf(row.score) for row in rows),
        corp=corp_decomposition(reports, outcomes, rule),
        smooth=smooth_calibration_error(reports, outcomes),
        test=_test(reports, outcomes),
        brier=_brier(reports, outcomes),
        recalibrated=_brier([row.forecast for row in rows], outcomes),
    )


def question(entry: Entry) -> object:
    """Return what tells a question from all others, or ``None`` where it has no name."""
    return (entry.kind, entry.question) if entry.question else None


def finite(value: float | None) -> float | None:
    """Return a number that JSON can hold, or ``None``."""
    return value if value is not None and math.isfinite(value) else None


# ----------------------------------------------------------------------------------------------


def _error(rows: Sequence[Row], mean: float) -> float | None:
    """Return the standard error of the mean, with rows on the same question as one draw."""
    if math.isinf(mean):
        return None
    sums: dict[object, float] = {}
    for row in rows:
        key = question(row.entry) or row.entry.line
        sums[key] = sums.get(key, 0.0) + row.score - mean
    draws = len(sums)
    if draws < 2:
        return None
    squares = math.fsum(each**2 for each in sums.values())
    return math.sqrt(squares * draws / (draws - 1)) / len(rows)


def _skill(rows: Sequence[Row], score: float, rule: ScoringRule) -> float | None:
    baseline = sum(rule.score(row.base, row.entry.outcome) for row in rows) / len(rows)
    perfect = sum(rule.expected(row.entry.outcome) for row in rows) / len(rows)
    return (score - baseline) / (perfect - baseline) if perfect > baseline else None


def _test(reports: Sequence[float], outcomes: Sequence[float]) -> CalibrationTest | None:
    try:
        return spiegelhalter(reports, outcomes)
    except ValueError:
        return None


def _brier(reports: Sequence[float], outcomes: Sequence[float]) -> float:
    losses = (-QUADRATIC.score(p, x) for p, x in zip(reports, outcomes, strict=True))
    return math.fsum(losses) / len(reports)
