"""What a scoring rule for a yes/no event is, and which way it points.

**Orientation, said once for the whole package: a score is a reward, higher is better.** The
literature's losses (Brier score, CRPS, pinball loss) appear here with their sign turned.

A rule is one formula ``S(p, x)`` of the reported probability ``p`` and the outcome ``x``. For an
event ``x`` is 0 or 1; a graded success (an answer that is worth 0.6) scores as
``S(p, x) = x S(p, 1) + (1 - x) S(p, 0)``. This linear form keeps propriety for graded outcomes: only
the mean of ``x`` matters, so ``S(p, q)`` is also the score that a report of ``p`` expects under a
belief of ``q``, and ``G(p) = S(p, p)`` is what an honest report expects.

A rule is *proper* when ``S(q, q) >= S(p, q)`` for all ``p`` and ``q`` (honesty is a best reply of
somebody who wants the largest expected score), and *strictly* proper when only ``p = q`` reaches it.

Source: Gneiting and Raftery, "Strictly Proper Scoring Rules, Prediction, and Estimation", JASA 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.elementwise import Number

    Reports = Sequence[float | None] | Sequence[float] | NDArray[np.floating]
    Outcomes = Sequence[float] | Sequence[int] | Sequence[bool] | NDArray[np.generic]

# The 64 bits of 1.0. See `check_unit_interval`.
_ONE = 0x3FF0_0000_0000_0000


class Formula(Protocol):
    """``S(p, x)`` for one report or for arrays; linear in the outcome ``x``."""

    def __call__(self, report: Number, outcome: Number, /) -> Number:
        """Return the score of `report` when `outcome` happened."""
        ...


class Scores(NamedTuple):
    """The scores of many reports, and which reports were missing.

    Attributes:
        values: One score per report, in the shape of the reports.
        missing: Positions (in the flattened reports) that were missing and scored as the base rate.
    """

    values: NDArray[np.float64]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """A proper scoring rule for a probability of success; higher is better.

    Attributes:
        name: The word by which a configuration asks for the rule.
        formula: ``S(p, x)``, linear in ``x``, without input checks.
        bounds: The lowest and the highest score (minus infinity where the rule has no floor).
        strict: Whether honesty is the *only* best reply.

    >>> from scoring.binary import QUADRATIC
    >>> QUADRATIC.score(0.75, 1.0), QUADRATIC.score(0.75, 0.0), QUADRATIC.expected(0.75)
    (-0.0625, -0.5625, -0.1875)
    """

    name: str
    formula: Formula
    bounds: tuple[float, float]
    strict: bool

    def score(self, report: float, outcome: float) -> float:
        """Return the score of one report.

        Args:
            report: The reported probability of success, in [0, 1].
            outcome: What happened, in [0, 1]: 1 success, 0 failure, between them a graded success.

        Returns:
            The score, within `bounds`.

        Raises:
            ValueError: If either number is outside [0, 1] or not a number.
        """
        if 0.0 <= report <= 1.0 and 0.0 <= outcome <= 1.0:
            return self.formula(report, outcome)
        raise ValueError(f"report and outcome must be in [0, 1], not {report!r} and {outcome!r}")

    def expected(self, report: float) -> float:
        """Return ``G(p)``: the mean score of somebody who reports `report` and believes it."""
        return self.score(report, report)

    def score_many(
        self, reports: Reports, outcomes: Outcomes, *, base_rate: float | None = None
    ) -> Scores:
        """Score many reports at once.

        A missing report (None or nan) scores as the base rate: skipping it instead would be a free
        option to stay silent where one expects to lose. The result names the missing ones.

        Args:
            reports: Probabilities in [0, 1], any shape; None or nan where a report is missing.
            outcomes: Outcomes in [0, 1], the same shape.
            base_rate: The public base rate in [0, 1] that stands in for a missing report.

        Returns:
            The scores and the positions of the missing reports.

        Raises:
            ValueError: If shapes differ, a number is outside [0, 1], an outcome is missing, or a
                report is missing and no base rate is given.

        >>> from scoring.binary import QUADRATIC
        >>> scores = QUADRATIC.score_many([0.75, None], [1, 0], base_rate=0.5)
        >>> scores.values.tolist(), scores.missing
        ([-0.0625, -0.25], (1,))
        """
        import numpy as np

        p = np.ascontiguousarray(reports, dtype=np.float64)
        x = np.ascontiguousarray(outcomes, dtype=np.float64)
        if p.shape != x.shape:
            raise ValueError(f"{p.shape} reports do not fit {x.shape} outcomes")
        missing: tuple[int, ...] = ()
        if base_rate is not None:
            p, missing = _filled(p, base_rate)
        check_unit_interval("report", p)
        check_unit_interval("outcome", x)
        return Scores(self.formula(p, x), missing)


def _filled(
    p: NDArray[np.float64], base_rate: float
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    import numpy as np

    if not 0.0 <= base_rate <= 1.0:
        raise ValueError(f"the base rate must be in [0, 1], not {base_rate!r}")
    absent = np.isnan(p)
    if not absent.any():
        return p, ()
    return np.where(absent, base_rate, p), tuple(np.flatnonzero(absent).tolist())


def check_unit_interval(what: str, values: NDArray[np.float64]) -> None:
    """Raise ValueError, naming the first offender, unless every value is in [0, 1]."""
    # Read as unsigned integers, the doubles from 0 to 1 keep their order, and every negative number,
    # larger number, infinity and nan lies above them: one pass instead of two, on integers, is six
    # times faster. Only -0.0 is turned away wrongly, so the slow path looks again.
    import numpy as np

    if not values.size or values.view(np.uint64).max() <= _ONE:
        return
    for index, value in enumerate(values.ravel().tolist()):
        if value != value and what == "report":
            raise ValueError(
                f"report {index} is missing (nan) and there is no base rate to score it as"
            )
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{what} {index} must be in [0, 1], not {value!r}")


def check_exponent(exponent: float) -> None:
    """Raise ValueError unless the exponent of a power family is in (1, 50].

    Beyond it the powers of small probabilities vanish, and nothing is left to divide by.
    """
    if not 1.0 < exponent <= 50.0:
        raise ValueError(f"the exponent must be in (1, 50], not {exponent!r}")
