"""How good the reports of one worker were.

A missing report scores as the base rate of its kind in the log; leaving such rows out would make
silence a way to avoid a bad score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestrator.drawing.display import finite
from scoring.binary import QUADRATIC
from scoring.calibration import CalibrationTest, spiegelhalter
from scoring.corp import Corp, corp_decomposition
from scoring.smooth_calibration import smooth_calibration_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.rule import ScoringRule

    Floats = NDArray[np.float64]


class Rows(NamedTuple):
    """Reports in the order of the log, as one array for each column.

    Attributes:
        lines: Their lines in the log.
        stated: The reports; not a number where there is none.
        reports: What was scored: the report, or the base rate where there is none.
        outcomes: What came true.
        base: The base rates of their kinds.
        forecasts: The recalibrated reports.
        scores: Their scores; higher is better.
        questions: A number for each question; below 0 and different for each row without a name.
    """

    lines: NDArray[np.intp]
    stated: Floats
    reports: Floats
    outcomes: Floats
    base: Floats
    forecasts: Floats
    scores: Floats
    questions: NDArray[np.intp]

    def at(self, places: NDArray[np.intp]) -> Rows:
        """Return the rows at some places."""
        return Rows._make(column[places] for column in self)


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


def scorecard(worker: str, rows: Rows, rule: ScoringRule) -> Scorecard:
    """Return what the reports of one worker were worth; there must be at least one."""
    import numpy as np

    missing = np.isnan(rows.stated)
    score = float(rows.scores.mean())
    return Scorecard(
        worker=worker,
        count=len(rows.lines),
        missing=tuple(rows.lines[missing].tolist()),
        stated=None if missing.all() else float(rows.stated[~missing].mean()),
        realised=float(rows.outcomes.mean()),
        score=score,
        error=_error(rows, score),
        skill=_skill(rows, score, rule),
        infinite=int(np.isinf(rows.scores).sum()),
        corp=corp_decomposition(rows.reports, rows.outcomes, rule),
        smooth=smooth_calibration_error(rows.reports, rows.outcomes),
        test=_test(rows),
        brier=-_mean_score(QUADRATIC, rows.reports, rows.outcomes),
        recalibrated=-_mean_score(QUADRATIC, rows.forecasts, rows.outcomes),
    )


# ----------------------------------------------------------------------------------------------


def _error(rows: Rows, mean: float) -> float | None:
    """Return the standard error of the mean, with rows on the same question as one draw."""
    import numpy as np

    if math.isinf(mean):
        return None
    _, draws = np.unique(rows.questions, return_inverse=True)
    sums = np.bincount(draws, weights=rows.scores - mean)
    count = len(sums)
    if count < 2:
        return None
    return math.sqrt(float(sums @ sums) * count / (count - 1)) / len(rows.lines)


def _skill(rows: Rows, score: float, rule: ScoringRule) -> float | None:
    baseline = _mean_score(rule, rows.base, rows.outcomes)
    perfect = _mean_score(rule, rows.outcomes, rows.outcomes)
    return (score - baseline) / (perfect - baseline) if perfect > baseline else None


def _test(rows: Rows) -> CalibrationTest | None:
    try:
        return spiegelhalter(rows.reports, rows.outcomes)
    except ValueError:
        return None


def _mean_score(rule: ScoringRule, reports: Floats, outcomes: Floats) -> float:
    return float(rule.score_many(reports, outcomes).values.mean())
