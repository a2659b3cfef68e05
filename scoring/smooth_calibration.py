"""Smooth calibration error: how far reports are from calibrated, without bins.

The signed error (outcome - report) is smoothed over neighbouring reports, and its size averaged. The
width of smoothing is chosen so that it equals the error found, which makes the measure continuous and
within a constant of the least change that would make the reports calibrated.

Source: Błasiok and Nakkiran, "Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing",
ICLR 2024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.sample import sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.rule import Outcomes, Reports

    Floats = NDArray[np.float64]

_CELLS = 1000  # the grid on [0, 1]
_WIDEST = 1.0
_NARROWEST = 1.0 / _CELLS
_HALVINGS = 20
_REACH = 6.0  # standard deviations at which the kernel is cut off


def smooth_calibration_error(reports: Reports, outcomes: Outcomes) -> float:
    """Return the smooth calibration error of the reports, for audits and not as a reward.

    Args:
        reports: Probabilities in [0, 1]; at least one.
        outcomes: Outcomes in [0, 1], as many.

    Returns:
        The error in [0, 1]: 0 is calibrated. Reports of one value p with a share q of successes have
        the error ``|p - q|``. Accurate to about 0.001, the width of the grid.

    Raises:
        ValueError: If the inputs are empty, differ in length or leave [0, 1].

    >>> round(smooth_calibration_error([0.9] * 10, [1] * 7 + [0] * 3), 3)
    0.2
    """
    p, x = sample(reports, outcomes)
    residuals = _on_grid(p, (x - p) / p.size)
    low, high = _NARROWEST, _WIDEST
    # The smoothed error falls as the width grows, so the width at which they meet is bracketed.
    for _ in range(_HALVINGS):
        width = 0.5 * (low + high)
        low, high = (width, high) if _smoothed(residuals, width) > width else (low, width)
    return _smoothed(residuals, 0.5 * (low + high))


def _on_grid(p: Floats, residuals: Floats) -> Floats:
    """Share each residual between the two grid points next to its report."""
    import numpy as np

    position = p * _CELLS
    left = np.minimum(position.astype(np.intp), _CELLS - 1)
    share = position - left
    grid = np.zeros(_CELLS + 1)
    np.add.at(grid, left, residuals * (1.0 - share))
    np.add.at(grid, left + 1, residuals * share)
    return grid


def _smoothed(residuals: Floats, width: float) -> float:
    """Return the integral of the size of the residuals after smoothing by a reflected Gaussian."""
    import numpy as np

    reach = int(np.ceil(_REACH * width * _CELLS))
    offsets = np.arange(-reach, reach + 1) / (width * _CELLS)
    kernel = np.exp(-0.5 * offsets**2)
    spread = np.convolve(residuals, kernel / kernel.sum())
    # What falls outside [0, 1] is reflected back at 0 and at 1, as often as needed.
    place = np.abs(np.arange(-reach, _CELLS + reach + 1)) % (2 * _CELLS)
    place = np.minimum(place, 2 * _CELLS - place)
    return float(np.abs(np.bincount(place, weights=spread, minlength=_CELLS + 1)).sum())
