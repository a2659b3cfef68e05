"""Forecasts in the order of a log: each made before its outcome, from the outcomes above it alone.

That is how recalibration is judged fairly (Dawid, "Statistical theory: the prequential approach",
1984): a map that is fitted to the outcomes it is judged by looks better than it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.codes import codes_of
from scoring.log_odds import CLIP
from scoring.recalibration import Recalibrator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ONE_BY_ONE = 5_000
"""From so many rows on maps are moved once in a while, since one outcome hardly moves them."""

_SHARE = 0.02  # of the rows above, that are taken in at once


def forecasts(workers: Sequence[str], reports: Floats, outcomes: Floats) -> Floats:
    """Return what the maps of `Recalibrator` make of reports, each learned from earlier rows.

    The maps move after every row, and further down after every fiftieth of the rows above.

    Args:
        workers: Whose map to read; maps start from what is known of the other workers.
        reports: The reports in [0, 1], as many.
        outcomes: What happened, in [0, 1], as many.

    Raises:
        ValueError: If a number is outside [0, 1].

    >>> import numpy as np
    >>> forecasts(["ann"] * 3, np.array([0.9, 0.9, 0.9]), np.zeros(3)).round(2).tolist()
    [0.9, 0.71, 0.55]
    """
    import numpy as np

    maps = Recalibrator()
    found = np.empty(len(reports))
    size, first = len(reports), min(len(reports), ONE_BY_ONE)
    rows = zip(workers[:first], reports[:first].tolist(), outcomes[:first].tolist(), strict=True)
    for place, (worker, report, outcome) in enumerate(rows):
        found[place] = maps.recalibration(worker)(report)
        maps.observe(worker, report, outcome)
    names, codes = codes_of(workers)
    start = first
    while start < size:
        block = slice(start, min(size, start + int(start * _SHARE)))
        found[block] = _read(maps, names, codes[block], reports[block])
        maps.observe_many(names, codes[block], reports[block], outcomes[block])
        start = block.stop
    return found


def _read(
    maps: Recalibrator, names: Sequence[str], codes: NDArray[np.intp], reports: Floats
) -> Floats:
    """Return the forecasts of a block by the maps as they are."""
    import numpy as np

    present, places = np.unique(codes, return_inverse=True)
    who: list[int] = present.tolist()
    coefficients = [maps.recalibration(names[code]).coefficients for code in who]
    slopes, intercepts = np.array(coefficients)[places].T
    clipped = reports.clip(CLIP, 1.0 - CLIP)
    log_odds = slopes * np.log(clipped / (1.0 - clipped)) + intercepts
    found: Floats = 1.0 / (1.0 + np.exp(-log_odds))
    return found
