"""What the reports of one worker were worth, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from orchestrator.logs.scorecard import Rows, scorecard
from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL
from scoring.rule import ScoringRule


def rows(
    *pairs: tuple[float, float],
    rule: ScoringRule = QUADRATIC,
    base: float = 0.5,
    questions: int = 0,
) -> Rows:
    """Return the rows of one worker from reports and outcomes; their questions come again and again."""
    p, x = np.array(pairs, dtype=np.float64).T
    places = np.arange(len(p))
    return Rows(
        lines=places + 2,
        stated=p,
        reports=p,
        outcomes=x,
        base=np.full_like(p, base),
        forecasts=p,
        scores=rule.score_many(p, x).values,
        questions=places % questions if questions else -1 - places,
    )


def test_a_card_by_hand() -> None:
    """Scores -1/16 and -9/16: mean -5/16, standard error 1/4; the base rate 1/2 earns -1/4."""
    card = scorecard("ann", rows((0.75, 1), (0.75, 0)), QUADRATIC)
    assert (card.count, card.stated, card.realised) == (2, 0.75, 0.5)
    assert (card.score, card.error) == (-0.3125, 0.25)
    assert card.skill == pytest.approx(-0.25)
    assert (card.brier, card.recalibrated) == (0.3125, 0.3125)
    assert card.smooth == pytest.approx(0.25, abs=0.002)
    assert card.test is not None
    # (0.25 - 0.75) (1 - 1.5) over sqrt(2 * 0.25 * 0.1875)
    assert card.test.z == pytest.approx(0.25 / math.sqrt(0.09375))


@pytest.mark.parametrize("rule", [QUADRATIC, SPHERICAL])
def test_skill_is_one_for_foresight_and_none_without_uncertainty(rule: ScoringRule) -> None:
    """Perfect foresight has skill 1, the base rate 0; where the base rate is perfect there is none."""
    assert scorecard("a", rows((1, 1), (0, 0), rule=rule), rule).skill == pytest.approx(1)
    assert scorecard("a", rows((0.5, 1), (0.5, 0), rule=rule), rule).skill == pytest.approx(0)
    assert scorecard("a", rows((0.9, 1), rule=rule, base=1.0), rule).skill is None


def test_rows_of_one_question_are_one_draw() -> None:
    """Asking twice about the same question does not shrink the standard error."""
    once = [(0.9, 1.0), (0.6, 0.0), (0.3, 1.0)]
    assert scorecard("ann", rows(*once * 2, questions=3), QUADRATIC).error == pytest.approx(
        scorecard("ann", rows(*once), QUADRATIC).error
    )


def test_one_row_has_no_standard_error() -> None:
    """A single score says nothing of its own noise."""
    assert scorecard("ann", rows((0.5, 1)), QUADRATIC).error is None


def test_an_infinite_score_is_counted_and_is_no_number_of_data() -> None:
    """Certain and wrong under the logarithmic rule: minus infinity, ``None`` in data."""
    card = scorecard("ann", rows((1, 0), (0.5, 1), rule=LOGARITHMIC), LOGARITHMIC)
    assert (card.score, card.error, card.infinite) == (-math.inf, None, 1)
    data = card.to_data()
    assert (data["score"], data["skill"], data["miscalibration"]) == (None, None, None)


def test_graded_outcomes_have_no_test_of_calibration() -> None:
    """Spiegelhalter's test is for outcomes of 0 and 1; the other numbers are given."""
    card = scorecard("ann", rows((0.5, 0.5), (0.7, 0.6)), QUADRATIC)
    assert card.test is None
    assert card.to_data()["spiegelhalter_z"] is None
