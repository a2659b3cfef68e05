"""Configuration name -> rule: the one place where scoring rules are looked up by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL, clipped_logarithmic

if TYPE_CHECKING:
    from scoring.rule import ScoringRule

SCORING_RULES: dict[str, ScoringRule] = {
    "quadratic": QUADRATIC,
    "logarithmic": LOGARITHMIC,
    "clipped-logarithmic": clipped_logarithmic(0.02),
    "spherical": SPHERICAL,
}
"""Rules for one event, ready to use."""
