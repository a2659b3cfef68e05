"""Numbers in, numbers out: this package says how good a report was.

Proper scoring rules, payments by them, calibration, reputation and peer prediction. Every score is a
reward: higher is better. Nothing here reads a file, a clock or a source of randomness.
"""

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL, clipped_logarithmic
from scoring.calibration import CalibrationTest, debiased_calibration_error, spiegelhalter
from scoring.catalog import SCORING_RULES
from scoring.corp import Block, Corp, corp
from scoring.murphy import Bin, Murphy, murphy
from scoring.payment import ScorePayment, baseline_payment, payment_form, range_payment
from scoring.reputation import Standing
from scoring.rule import Scores, ScoringRule

__all__ = [
    "LOGARITHMIC",
    "QUADRATIC",
    "SCORING_RULES",
    "SPHERICAL",
    "Bin",
    "Block",
    "CalibrationTest",
    "Corp",
    "Murphy",
    "ScorePayment",
    "Scores",
    "ScoringRule",
    "Standing",
    "baseline_payment",
    "clipped_logarithmic",
    "corp",
    "debiased_calibration_error",
    "murphy",
    "payment_form",
    "range_payment",
    "spiegelhalter",
]
