"""Reputation: what a worker's record says about its next task.

A standing is a Beta record with forgetting (Jøsang and Ismail, "The Beta Reputation System", 2002):
``r = l r + v`` and ``s = l s + (1 - v)`` for each outcome ``v`` in [0, 1], so that a record remembers
about ``1 / (1 - l)`` outcomes. Tasks are routed on a *lower quantile*, not on the mean, so that three
lucky outcomes do not look like skill.

Newcomers start at the bottom: trust is exactly 0 without a record and at least 0 with any record, so a
worker never gains by coming back under a new name (Friedman and Resnick, "The Social Cost of Cheap
Pseudonyms", 2001: newcomers must "pay their dues").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scoring.beta_distribution import quantile

FORGETTING = 0.98
"""Default weight of the past per outcome: a memory of about 50 outcomes."""

PRIOR_STRENGTH = 2.0
"""Default weight of the prior, in outcomes: with a mean of 1/2 the prior is uniform, Beta(1, 1)."""

DUES = 5.0
"""Default number of remembered outcomes at which half of a worker's lower quantile counts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The record of one worker (at one kind of task).

    Attributes:
        successes: Remembered success ``r``, at least 0.
        failures: Remembered failure ``s``, at least 0.
        count: Outcomes seen, forgotten ones included.
        score_sum: Sum of the scores of its reports; higher is better.

    >>> standing = Standing().updated(1.0, score=-0.04).updated(0.0, score=-0.64)
    >>> standing.count, round(standing.mean(), 3), round(standing.mean_score(), 3)
    (2, 0.497, -0.34)
    """

    successes: float = 0.0
    failures: float = 0.0
    count: int = 0
    score_sum: float = 0.0

    def updated(
        self, value: float, *, score: float = 0.0, forgetting: float = FORGETTING
    ) -> Standing:
        """Return the standing after one more outcome.

        Args:
            value: The outcome or normalised score, in [0, 1].
            score: The score of the worker's report on it, any finite number.
            forgetting: Weight ``l`` of the past in (0, 1]; 1 never forgets.

        Raises:
            ValueError: If `value`, `score` or `forgetting` is out of range.
        """
        if not (0.0 <= value <= 1.0 and 0.0 < forgetting <= 1.0 and score - score == 0.0):
            raise ValueError(
                "needs a value in [0, 1], a finite score and forgetting in (0, 1], "
                f"not {value!r}, {score!r} and {forgetting!r}"
            )
        return Standing(
            forgetting * self.successes + value,
            forgetting * self.failures + (1.0 - value),
            self.count + 1,
            self.score_sum + score,
        )

    def weight(self) -> float:
        """Return the remembered number of outcomes, ``r + s``."""
        return self.successes + self.failures

    def mean(self, *, prior: float = 0.5, strength: float = PRIOR_STRENGTH) -> float:
        """Return the mean success of the next task, shrunk towards `prior`; in [0, 1]."""
        return (self.successes + strength * prior) / (self.weight() + strength)

    def mean_score(self) -> float | None:
        """Return the mean score of all reports, or None without any; higher is better."""
        return self.score_sum / self.count if self.count else None

    def lower_quantile(
        self, level: float = 0.1, *, prior: float = 0.5, strength: float = PRIOR_STRENGTH
    ) -> float:
        """Return the success rate that the worker exceeds with probability ``1 - level``.

        Args:
            level: In (0, 1).
            prior: The mean success expected without a record, in [0, 1]; see `prior_from`.
            strength: How many outcomes the prior is worth, above 0.

        Raises:
            ValueError: If an argument is out of range.
        """
        if not (0.0 < level < 1.0 and 0.0 <= prior <= 1.0 and 0.0 < strength < math.inf):
            raise ValueError(
                "needs a level in (0, 1), a prior in [0, 1] and a strength above 0, "
                f"not {level!r}, {prior!r} and {strength!r}"
            )
        a = self.successes + strength * prior
        b = self.failures + strength * (1.0 - prior)
        if a == 0.0 or b == 0.0:  # a prior of 0 or 1 that no outcome has contradicted
            return 0.0 if a == 0.0 else 1.0
        return quantile(level, a, b)

    def trust(
        self,
        level: float = 0.1,
        *,
        prior: float = 0.5,
        strength: float = PRIOR_STRENGTH,
        dues: float = DUES,
    ) -> float:
        """Return the number to route by: the lower quantile times the share of dues that is paid.

        Exactly 0 for a newcomer and never below 0, whatever the prior, so a new name is never better
        than an old one.

        Args:
            level: See `lower_quantile`.
            prior: See `lower_quantile`.
            strength: See `lower_quantile`.
            dues: Remembered outcomes at which half of the quantile counts; at least 0.

        Raises:
            ValueError: If an argument is out of range.
        """
        if not 0.0 <= dues < math.inf:
            raise ValueError(f"the dues must be at least 0, not {dues!r}")
        weight = self.weight()
        if weight == 0.0:
            return 0.0
        return weight / (weight + dues) * self.lower_quantile(level, prior=prior, strength=strength)


def prior_from(*levels: Standing, strength: float = PRIOR_STRENGTH) -> float:
    """Return the success to expect of a worker before it has a record at this kind of task.

    Each level is shrunk towards the one before it, so a level with few outcomes says little.

    Args:
        *levels: From the widest to the narrowest, for instance all workers at all kinds, all workers
            at this kind, the worker's model family at this kind. Leave the worker itself out, or its
            outcomes count twice.
        strength: How many outcomes each level is worth to the next, above 0.

    Returns:
        A mean in [0, 1], to be the `prior` of the worker's own standing; 1/2 without levels.

    Raises:
        ValueError: If the strength is not above 0.

    >>> everybody, family = Standing(60.0, 20.0, 80), Standing(1.0, 1.0, 2)
    >>> round(prior_from(everybody), 2), round(prior_from(everybody, family), 2)
    (0.74, 0.62)
    """
    if not 0.0 < strength < math.inf:
        raise ValueError(f"the strength must be above 0, not {strength!r}")
    prior = 0.5
    for standing in levels:
        prior = standing.mean(prior=prior, strength=strength)
    return prior


def value_cap(stake: float, *, detection: float = 1.0, future: float = 0.0) -> float:
    """Return the largest value of a task with which a worker can be trusted.

    A worker with a good name may spend it: take one valuable task, deliver nothing, and leave. That
    gains at most the task's value and loses, if noticed, the stake and what the name would still earn.

    Args:
        stake: What the worker forfeits, in money, at least 0: deposits and withheld earnings.
        detection: The probability that the failure is noticed, in [0, 1].
        future: What the worker would still earn by staying, in money, at least 0.

    Returns:
        ``detection * (stake + future)``, in money.

    Raises:
        ValueError: If a number is out of range.

    >>> value_cap(40.0, detection=0.5, future=20.0)
    30.0
    """
    if not (0.0 <= stake < math.inf and 0.0 <= detection <= 1.0 and 0.0 <= future < math.inf):
        raise ValueError(
            "needs a stake and a future of at least 0 and a detection in [0, 1], "
            f"not {stake!r}, {future!r} and {detection!r}"
        )
    return detection * (stake + future)
