"""Peer prediction for confidences: a proper score against a peer's label with its errors undone.

A peer's label is a noisy copy of the truth. Once the error rates of such labels are known, the
quadratic score can be corrected so that its mean, given the truth, is the score against the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.error_rates import BLOCKS, ErrorRates, jackknife_error, one_voice_each, rates_by_block
from scoring.evidence import FEWEST_TASKS, comparisons, objections, results

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Panel
    from scoring.peer import PeerResult

    Mask = NDArray[np.bool_]

LEAST_VARIANCE = 1e-3
"""The least variance of the task's label rate for which error rates are estimated."""

SUREST_ERRORS = 3.0
"""How many of its standard errors that variance must be above zero."""

LEAST_DISTANCE = 0.1
"""The least value of 1 - e0 - e1, the information in one label, for which scores are given."""

FEWEST_TRIPLES = 30
"""The fewest tasks on which three third parties reported."""


def surrogate_score(
    probability: float, label: int, false_positive: float, false_negative: float
) -> float:
    """Return the score ``1 - (y - p)^2`` with a noisy label in the place of the truth y.

    Given the truth, its mean over labels is the score against the truth, so it keeps what a proper
    score promises and the order of workers (if labels are wrong independently of the report).
    Source: Liu, Wang, Chen (2022), section 3.

    Args:
        probability: The reported probability of the event.
        label: 1 if the peer says that the event is true, else 0.
        false_positive: The probability of label 1 where the event is false.
        false_negative: The probability of label 0 where the event is true.

    Raises:
        ValueError: If labels tell nothing: the two error rates sum to 1 or more.

    >>> round(surrogate_score(0.8, 1, 0.2, 0.3), 9), round(surrogate_score(0.8, 0, 0.2, 0.3), 9)
    (1.32, 0.12)
    """
    distance = 1 - false_positive - false_negative
    if not distance > 0:
        raise ValueError(
            f"expected error rates with a sum below 1, not {false_positive} and {false_negative}"
        )
    right, wrong = 1 - (1 - probability) ** 2, 1 - probability**2
    if label:
        return ((1 - false_positive) * right - false_negative * wrong) / distance
    return ((1 - false_negative) * wrong - false_positive * right) / distance


def surrogate_scores(
    panel: Panel, *, fewest: int = FEWEST_TASKS, triples: int = FEWEST_TRIPLES
) -> tuple[PeerResult, ...]:
    """Score the confidence of each worker in its own reports; 1 is perfect, higher is better.

    The event is "the own report is right". Error rates are estimated for each label from third
    parties, workers of neither the owner nor the family that is scored, one voice per owner and per
    family on every task. The standard error is a jackknife over blocks of tasks and contains the
    uncertainty of the error rates.

    Args:
        panel: The reports; those without a confidence are left out.
        fewest: The fewest scored tasks per worker.
        triples: The fewest tasks on which three third parties reported.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    usable = ~np.isnan(panel.confidences) & (panel.peers > 0)
    reasons = objections(panel, usable, fewest)
    voices = one_voice_each(panel)
    scores, errors = np.zeros((2, len(panel.workers)))
    groups = np.stack([panel.owner, panel.family])
    for owner, family in np.unique(groups, axis=1).T:
        members = (panel.owner == owner) & (panel.family == family)
        third = voices & (panel.owner != owner) & (panel.family != family)
        tasks, rates = rates_by_block(panel, third)
        for worker in np.unique(panel.worker[members]):
            mine = usable & (panel.worker == worker)
            labels = np.unique(panel.label[mine])
            reasons[worker] = reasons[worker] or _unfit(tasks, triples, rates, labels, panel)
            if reasons[worker] is None:
                scores[worker], errors[worker] = _jackknife(panel, mine, rates)
    for worker in np.flatnonzero(~np.isfinite(errors)):
        reasons[worker] = "the error rates of the labels depend on a few tasks"
    return results(panel, scores, errors, comparisons(panel, usable), reasons)


def _unfit(
    tasks: int, triples: int, rates: ErrorRates, labels: NDArray[np.intp], panel: Panel
) -> str | None:
    if tasks < triples:
        return f"only {tasks} tasks with three third parties, expected at least {triples}"
    for label in map(int, labels):
        name = panel.classes[label]
        variance, distance = float(rates.variance[0, label]), float(rates.distance[0, label])
        error = jackknife_error(rates.variance[1:, label])
        if not variance >= max(LEAST_VARIANCE, SUREST_ERRORS * error):
            return f"the reports {name!r} hardly vary with the task ({variance:.4f} +- {error:.4f})"
        if not distance >= LEAST_DISTANCE:
            return f"a report {name!r} hardly tells anything (1 - e0 - e1 = {distance:.2f})"
    return None


def _jackknife(panel: Panel, mine: Mask, rates: ErrorRates) -> tuple[float, float]:
    """Return one worker's mean score and its standard error."""
    import numpy as np

    label, confidence = panel.label[mine], panel.confidences[mine]
    agreed = panel.shares[mine, label]
    right, wrong = 1 - (1 - confidence) ** 2, 1 - confidence**2
    false_positive, false_negative = rates.false_positive[:, label], rates.false_negative[:, label]
    positive = (1 - false_positive) * right - false_negative * wrong
    negative = (1 - false_negative) * wrong - false_positive * right
    with np.errstate(divide="ignore", invalid="ignore"):
        values = (agreed * positive + (1 - agreed) * negative) / rates.distance[:, label]
    kept = np.vstack([np.ones(len(label)), 1 - np.eye(BLOCKS)[panel.task[mine] % BLOCKS].T])
    counts = kept.sum(axis=1)
    if not counts.all():
        return 0.0, float("inf")
    means = (values * kept).sum(axis=1) / counts
    return float(means[0]), jackknife_error(means[1:])
