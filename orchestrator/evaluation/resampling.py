"""Standard errors of means, by drawing the tasks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES: Final = 1_000
"""How many bootstrap samples of the tasks a standard error is made from."""


def bootstrap_errors(rows: Floats, seed: int = 0) -> Floats:
    """Return the standard error of each column's mean, from resampled rows (Efron 1979).

    Rows are tasks and drawn whole, so what is paired stays paired. A single row does not say how
    much rows differ: its errors are no numbers.

    Args:
        rows: One row for each task, one column for each quantity; at least one row.
        seed: Of the draws.

    >>> import numpy as np
    >>> bootstrap_errors(np.ones((5, 2))).tolist()
    [0.0, 0.0]
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    count = len(rows)
    if count < 2:
        unknown: Floats = rows[0] * np.nan
        return unknown
    means = np.empty((RESAMPLES, rows.shape[1]))
    for sample in range(RESAMPLES):
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        means[sample] = times @ rows / count
    errors: Floats = means.std(axis=0, ddof=1)
    return errors
