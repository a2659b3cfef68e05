"""Lotteries: a score moves the chance of a prize instead of the amount of money.

Chances may be moved by a proper score without harm, whatever the winner feels about money. So a
lottery is the honest way to have what a direct payment cannot have: a floor (nobody is ever charged), a
prize that is not divisible, honesty of somebody who is not risk neutral.

Source: Hossain and Okui, "The Binarized Scoring Rule", Review of Economic Studies 2013; Smith,
"Consistency in statistical inference and decision", Journal of the Royal Statistical Society B 1961.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.rule import ScoringRule


@dataclass(frozen=True, slots=True)
class Lottery:
    """A prize with a chance that rises with a bounded score, and a floor otherwise.

    Attributes:
        rule: A proper rule with finite bounds.
        floor: What is paid without luck, in money.
        prize: What is paid with luck, above the floor.

    >>> from scoring.binary import QUADRATIC
    >>> lottery = Lottery(QUADRATIC, floor=0.0, prize=5.0)
    >>> lottery.chance(0.5, 1.0), lottery.pay(0.5, 1.0, draw=0.3)
    (0.75, 5.0)
    """

    rule: ScoringRule
    floor: float
    prize: float

    def __post_init__(self) -> None:
        worst, best = self.rule.bounds
        if not math.isfinite(best - worst):
            raise ValueError(f"the {self.rule.name} rule is unbounded; clip its reports first")
        if not -math.inf < self.floor < self.prize < math.inf:
            raise ValueError(f"needs floor < prize, not {self.floor!r} and {self.prize!r}")

    def chance(self, report: float, outcome: float) -> float:
        """Return the chance of the prize, in [0, 1]: the score as a share of its range.

        Raises:
            ValueError: If the report or the outcome is outside [0, 1].
        """
        worst, best = self.rule.bounds
        return (self.rule.score(report, outcome) - worst) / (best - worst)

    def pay(self, report: float, outcome: float, *, draw: float) -> float:
        """Return the prize or the floor.

        Args:
            report: In [0, 1].
            outcome: In [0, 1].
            draw: Uniform in [0, 1), fixed before the report and unknown to whoever reports.

        Raises:
            ValueError: If a number is out of range.
        """
        if not 0.0 <= draw < 1.0:
            raise ValueError(f"the draw must be in [0, 1), not {draw!r}")
        return self.prize if draw < self.chance(report, outcome) else self.floor
