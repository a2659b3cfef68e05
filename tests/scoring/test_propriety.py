"""Propriety: every rule on a grid, and the rewards that are known to fail it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from scoring.beta_rule import beta_family
from scoring.binary import (
    LOGARITHMIC,
    QUADRATIC,
    SPHERICAL,
    asymmetric,
    clipped_logarithmic,
    power_rule,
    pseudo_spherical,
    threshold_weighted,
)
from scoring.catalog import SCORING_RULES
from scoring.propriety import best_misreport, expected

if TYPE_CHECKING:
    from collections.abc import Callable

    from scoring.rule import ScoringRule

TUNED = {
    "pseudo-spherical 1.1": pseudo_spherical(1.1),
    "pseudo-spherical 4": pseudo_spherical(4.0),
    "power 1.1": power_rule(1.1),
    "power 3": power_rule(3.0),
    "beta 1 3": beta_family(1.0, 3.0),
    "beta -0.9 0.2": beta_family(-0.9, 0.2),
    "beta 0 0": beta_family(0.0, 0.0),
    "asymmetric 0.1": asymmetric(0.1),
    "asymmetric 0.7 spherical": asymmetric(0.7, SPHERICAL),
    "asymmetric 0.3 logarithmic": asymmetric(0.3, LOGARITHMIC),
    "threshold-weighted": threshold_weighted(0.6, 0.9),
    "threshold-weighted alone": threshold_weighted(0.6, 0.9, outside=0.0),
}
ALL_RULES = {**SCORING_RULES, **TUNED}
BELIEFS = (0.05, 0.2, 0.3, 0.4, 0.6, 0.9)
GRID = tuple(step / 100 for step in range(101))


@pytest.mark.parametrize("name", ALL_RULES)
def test_honesty_is_a_best_reply(name: str) -> None:
    """On a grid of beliefs and reports no misreport expects more, and less if the rule is strict."""
    rule = ALL_RULES[name]

    gain = best_misreport(rule.score).gain

    assert gain <= 1e-12
    assert (gain < -1e-10) == rule.strict


def best_report(reward: Callable[[float, float], float], belief: float) -> float:
    """Return the report on the grid that expects the largest reward."""
    return max(GRID, key=lambda report: expected(reward, report, belief))


@pytest.mark.parametrize("rule", [QUADRATIC, LOGARITHMIC, SPHERICAL, clipped_logarithmic(0.02)])
@pytest.mark.parametrize("belief", BELIEFS)
def test_proper_rules_draw_the_belief(rule: ScoringRule, belief: float) -> None:
    """Under quadratic, logarithmic, spherical and clipped logarithmic pay the best report is the belief."""
    assert best_report(rule.score, belief) == belief


def test_beliefs_beyond_the_margin_are_not_told_apart() -> None:
    """With reports clipped to [.02, .98] a belief of .01 is indifferent between reports up to .02."""
    score = clipped_logarithmic(0.02).score

    assert expected(score, 0.0, 0.01) == expected(score, 0.01, 0.01) == expected(score, 0.02, 0.01)
    assert expected(score, 0.03, 0.01) < expected(score, 0.01, 0.01)


def floored_logarithmic(report: float, outcome: float) -> float:
    """Pay the logarithmic score, but never less than -3."""
    return max(LOGARITHMIC.score(report, outcome), -3.0)


def linear(report: float, outcome: float) -> float:
    """Pay the probability given to the outcome."""
    return 1.0 - abs(outcome - report)


def floored_quadratic(report: float, outcome: float) -> float:
    """Pay 4 S - 3 with the quadratic score in [0, 1], but never less than nothing."""
    return max(4.0 * (1.0 + QUADRATIC.score(report, outcome)) - 3.0, 0.0)


def rank_prize(report: float, outcome: float) -> float:
    """Pay 1 for a score above that of a rival who says 0.7, and half for a draw."""
    mine, rivals = QUADRATIC.score(report, outcome), QUADRATIC.score(0.7, outcome)
    return 0.5 if mine == rivals else float(mine > rivals)


TRAPS: dict[str, tuple[Callable[[float, float], float], tuple[float, ...]]] = {
    "logarithmic score with a floor": (floored_logarithmic, (0.0, 0.2, 0.3, 0.4, 0.6, 1.0)),
    "linear": (linear, (0.0, 0.0, 0.0, 0.0, 1.0, 1.0)),
    "payout with a floor": (floored_quadratic, (0.0, 0.0, 0.0, 0.0, 1.0, 1.0)),
}


@pytest.mark.parametrize("reward", [*(reward for reward, _ in TRAPS.values()), rank_prize])
def test_traps_fail_the_propriety_test(reward: Callable[[float, float], float]) -> None:
    """A floor on the score or the payout, a linear score and a prize by rank reward a misreport."""
    assert best_misreport(reward).gain > 0.01


@pytest.mark.parametrize("trap", TRAPS)
def test_traps_draw_these_reports(trap: str) -> None:
    """The best reports under each trap are the extreme ones that theory says."""
    reward, reports = TRAPS[trap]

    assert tuple(best_report(reward, belief) for belief in BELIEFS) == reports


def test_ternary_reward_elicits_a_threshold_only() -> None:
    """Reward 1, 0 for abstaining and -l draws an answer if p > l / (1 + l), not the probability."""

    def reward(report: float, outcome: float) -> float:
        return (2.0 * outcome - 1.0) if report >= 0.5 else 0.0

    assert best_misreport(reward, beliefs=[0.4]).gain == 0.0
    assert expected(reward, 0.9, 0.51) > 0.0 > expected(reward, 0.9, 0.49)


def test_zero_probability_branches_are_free() -> None:
    """An infinite loss in a branch of probability zero does not count."""
    assert expected(LOGARITHMIC.score, 1.0, 1.0) == 0.0
    assert expected(LOGARITHMIC.score, 1.0, 0.5) == -math.inf


def test_needs_something_to_compare() -> None:
    """Without a belief or another report there is nothing to test."""
    with pytest.raises(ValueError, match="differs"):
        best_misreport(QUADRATIC.score, beliefs=[])
    with pytest.raises(ValueError, match="differs"):
        best_misreport(QUADRATIC.score, beliefs=[0.5], reports=[0.5])
