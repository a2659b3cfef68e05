"""Whether the data can support a peer score, and the mean with its standard error if so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.panel import Panel, sums_by
from scoring.peer import PeerRefusal, PeerResult, PeerScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FEWEST_TASKS = 4
"""The fewest tasks shared with peers on which a score is given unless the caller says otherwise."""

LEAST_ENTROPY = 0.05
"""Bits of entropy in the peers' reports below which agreement with them says nothing."""


def objections(panel: Panel, usable: Mask, fewest: int) -> list[str | None]:
    """Return for each worker why it cannot be scored from its usable reports, or None.

    Args:
        panel: The reports.
        usable: Which reports can be scored at all.
        fewest: The fewest usable reports, at least 2, for without two there is no standard error.

    Raises:
        ValueError: If ``fewest`` is below 2.
    """
    import numpy as np

    if fewest < 2:
        raise ValueError(f"expected at least 2 tasks for a standard error, not {fewest}")
    usable = usable & (panel.peers > 0)
    counts = np.bincount(panel.worker[usable], minlength=len(panel.workers))
    seen = mean_by_worker(panel, panel.shares, usable)
    bits = -(seen * np.log2(seen, out=np.zeros_like(seen), where=seen > 0)).sum(axis=1)
    return [
        _objection(int(n), float(entropy), fewest) for n, entropy in zip(counts, bits, strict=True)
    ]


def _objection(tasks: int, entropy: float, fewest: int) -> str | None:
    if tasks < fewest:
        return (
            f"only {tasks} usable tasks shared with peers of another owner and family, "
            f"expected at least {fewest}"
        )
    if entropy < LEAST_ENTROPY:
        return f"the peers' reports hardly vary (entropy {entropy:.3f} bits)"
    return None


def mean_by_worker(panel: Panel, values: Floats, usable: Mask) -> Floats:
    """Return the mean over each worker's usable reports; zeros where there are none.

    Args:
        panel: The reports.
        values: One row per report.
        usable: Which rows count.

    Returns:
        An array of shape (workers, columns).
    """
    import numpy as np

    worker, size = panel.worker[usable], len(panel.workers)
    counts = np.maximum(np.bincount(worker, minlength=size), 1)
    sums = [sums_by(worker, column, size) for column in values[usable].T]
    return np.stack(sums, axis=1) / counts[:, None]


def spread_by_worker(panel: Panel, values: Floats, usable: Mask) -> Floats:
    """Return the standard error of the mean of ``values`` over each worker's usable reports."""
    import numpy as np

    worker, size = panel.worker[usable], len(panel.workers)
    counts = np.bincount(worker, minlength=size)
    means = mean_by_worker(panel, values[:, None], usable)[:, 0]
    squares = sums_by(worker, (values[usable] - means[worker]) ** 2, size)
    errors: Floats = np.sqrt(squares / np.maximum(counts * (counts - 1), 1))
    return errors


def mean_scores(
    panel: Panel, values: Floats, usable: Mask, *, fewest: int, missing: str = ""
) -> tuple[PeerResult, ...]:
    """Return the mean of single-task payments per worker, or the refusals.

    Args:
        panel: The reports.
        values: The payment of each report, averaged over its peers.
        usable: Which reports could be paid at all.
        fewest: The fewest such reports per worker.
        missing: What to say first of a worker none of whose reports could be paid.

    Returns:
        One result per worker.
    """
    import numpy as np

    usable = usable & (panel.peers > 0)
    reasons = objections(panel, usable, fewest)
    counts = np.bincount(panel.worker[usable], minlength=len(panel.workers))
    if missing:
        reasons = [missing if n == 0 else reason for n, reason in zip(counts, reasons, strict=True)]
    clean = np.where(usable, values, 0.0)
    means = mean_by_worker(panel, clean[:, None], usable)[:, 0]
    errors = spread_by_worker(panel, clean, usable)
    return results(panel, means, errors, comparisons(panel, usable), reasons)


def comparisons(panel: Panel, usable: Mask) -> Sequence[int]:
    """Return how many peer reports each worker's usable reports are compared with."""
    import numpy as np

    totals = np.bincount(panel.worker[usable], panel.peers[usable], minlength=len(panel.workers))
    return [round(total) for total in totals]


def results(
    panel: Panel,
    scores: Floats,
    errors: Floats,
    counts: Sequence[int],
    reasons: Sequence[str | None],
) -> tuple[PeerResult, ...]:
    """Join the columns into one score or refusal per worker."""
    rows = zip(panel.workers, scores, errors, counts, reasons, strict=True)
    return tuple(
        PeerScore(worker, float(score), count, float(error))
        if reason is None
        else PeerRefusal(worker, reason)
        for worker, score, error, count, reason in rows
    )
