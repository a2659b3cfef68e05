"""Reports with their outcomes, checked once for everything that measures calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.rule import check_unit_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.rule import Outcomes, Reports


def sample(reports: Reports, outcomes: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return reports and outcomes as arrays of equal length.

    Args:
        reports: Probabilities in [0, 1]; at least one, none missing.
        outcomes: Outcomes in [0, 1], as many.

    Raises:
        ValueError: If they are empty, differ in length, or leave [0, 1].
    """
    import numpy as np

    p = np.ascontiguousarray(reports, dtype=np.float64)
    x = np.ascontiguousarray(outcomes, dtype=np.float64)
    if p.ndim != 1 or p.shape != x.shape or not p.size:
        raise ValueError(
            f"needs as many outcomes as reports and at least one, not {p.shape} and {x.shape}"
        )
    check_unit_interval("report", p)
    check_unit_interval("outcome", x)
    return p, x
