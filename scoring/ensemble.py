"""Proper scoring rules for a number reported as a sample of possible values.

Rewards, as everywhere: minus the literature's loss, so higher is better and 0 is perfect. The *fair*
form is for members that are draws from a belief: its mean over draws is the score of the belief itself.
The plain form scores the members as if they were the whole distribution, and by that rewards a sample
that is narrower than the belief.

Source: Ferro, "Fair scores for ensemble forecasts", Quarterly Journal of the Royal Meteorological
Society 2014; energy score: Gneiting and Raftery, JASA 2007, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def crps_ensemble(members: ArrayLike, outcomes: ArrayLike, *, fair: bool = True) -> Floats:
    """Score ensembles by the continuous ranked probability score.

    Args:
        members: The members of each ensemble along the last axis, shape (..., m).
        outcomes: What came, shape (...).
        fair: Whether members are draws from the belief (needs at least two of them).

    Returns:
        ``-(mean |x_i - y| - sum |x_i - x_j| / (2 k))`` with k = m (m - 1) if fair, else m**2; shape
        (...), in the unit of the outcome. The fair form can be above 0. Proper.

    Raises:
        ValueError: If shapes do not fit, a number is not finite, or there are too few members.

    >>> crps_ensemble([1.0, 2.0, 4.0, 8.0], 3.0, fair=False).item()
    -0.8125
    """
    import numpy as np

    x, y = _checked(members, outcomes, event_axes=0, fair=fair)
    m = x.shape[-1]
    # Over pairs, sum |x_i - x_j| is the sum over ranks i of (2 i - m - 1) x_(i).
    ranks = np.arange(1 - m, m, 2, dtype=np.float64)
    spread: Floats = np.sort(x, axis=-1) @ ranks
    return _scored(np.abs(x - y[..., None]).mean(axis=-1), spread, m, fair=fair)


def threshold_weighted_ensemble(
    members: ArrayLike,
    outcomes: ArrayLike,
    *,
    low: float = float("-inf"),
    high: float = float("inf"),
    fair: bool = True,
) -> Floats:
    """Score what ensembles say about values between two thresholds, and nothing else.

    It is how to ask for care in a tail: to score only the tasks whose *outcome* was extreme would reward
    whoever always cries wolf.

    Args:
        members: Shape (..., m), as for `crps_ensemble`.
        outcomes: Shape (...).
        low: Where the region of interest begins.
        high: Where it ends, above `low`.
        fair: As for `crps_ensemble`.

    Returns:
        Minus the integral of ``(F(z) - 1[y <= z])**2`` over the region; shape (...). Proper.

    Raises:
        ValueError: As for `crps_ensemble`, or if the region is empty.

    Source: Gneiting and Ranjan, "Comparing density forecasts using threshold- and quantile-weighted
    scoring rules", Journal of Business and Economic Statistics 2011.

    >>> threshold_weighted_ensemble([1.0, 2.0], 9.0, low=5.0, high=6.0).item()
    -1.0
    """
    import numpy as np

    if not low < high:
        raise ValueError(f"needs low < high, not {low!r} and {high!r}")
    x, y = _checked(members, outcomes, event_axes=0, fair=fair)
    return crps_ensemble(np.clip(x, low, high), np.clip(y, low, high), fair=fair)


def energy(members: ArrayLike, outcomes: ArrayLike, *, fair: bool = True) -> Floats:
    """Score ensembles of points in d dimensions, such as (cost, duration) pairs.

    Put the dimensions on comparable scales first: distances are Euclidean.

    Args:
        members: Shape (..., m, d).
        outcomes: Shape (..., d).
        fair: As for `crps_ensemble`, which this is for d = 1.

    Returns:
        ``-(mean |x_i - y| - sum |x_i - x_j| / (2 k))``, shape (...). Proper. Takes memory of m**2 d.

    Raises:
        ValueError: If shapes do not fit, a number is not finite, or there are too few members.

    >>> energy([[0.0, 0.0], [3.0, 4.0]], [0.0, 0.0], fair=False).item()
    -1.25
    """
    import numpy as np

    x, y = _checked(members, outcomes, event_axes=1, fair=fair)
    distance = np.linalg.norm(x - y[..., None, :], axis=-1).mean(axis=-1)
    between = np.linalg.norm(x[..., :, None, :] - x[..., None, :, :], axis=-1)
    return _scored(distance, between.sum(axis=(-2, -1)) / 2.0, x.shape[-2], fair=fair)


def _checked(
    members: ArrayLike, outcomes: ArrayLike, *, event_axes: int, fair: bool
) -> tuple[Floats, Floats]:
    import numpy as np

    x, y = np.asarray(members, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    axis = x.ndim - 1 - event_axes
    if axis < 0 or x.shape[:axis] + x.shape[axis + 1 :] != y.shape:
        raise ValueError(f"ensembles of shape {x.shape} do not fit outcomes of shape {y.shape}")
    if x.shape[axis] < (2 if fair else 1):
        raise ValueError("needs at least one member, and two for the fair form")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("every number must be finite")
    return x, y


def _scored(distance: Floats, spread: Floats, m: int, *, fair: bool) -> Floats:
    """Return the score from the mean distance to the outcome and the sum over unordered pairs."""
    import numpy as np

    return np.asarray(spread / (m * (m - 1) if fair else m * m) - distance)
