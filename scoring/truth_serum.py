"""Peer prediction for one task at a time from a report and a prediction of the other reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.evidence import FEWEST_TASKS, mean_scores

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from scoring.panel import Codes, Floats, Panel
    from scoring.peer import PeerResult

    TaskPayment = Callable[["Respondents"], NDArray[np.float64]]

SMALLEST_PREDICTION = 0.01
"""Predicted shares are raised to this before a logarithm is taken."""

_NO_PREDICTION = "no report with a prediction that can be compared with two peers"


class Respondents(NamedTuple):
    """All who answered one task with a prediction.

    Attributes:
        label: Their reports, shape (n,).
        prediction: Their predictions, shape (n, classes).
        weight: ``weight[r, s]`` is what s counts as a peer of r; 0 for r itself, its owner and its
            family.
    """

    label: Codes
    prediction: Floats
    weight: Floats


def bayesian_truth_serum(label: Codes, prediction: Floats, alpha: float = 1.0) -> Floats:
    """Return the scores of a large crowd that answered one question.

    ``ln(x_k / y_k)`` for the own answer k, "more common than predicted", plus ``alpha`` times minus
    the Kullback-Leibler distance of the own prediction from the actual shares x; y is the geometric
    mean of the predictions. With a common prior, exchangeable signals and many respondents, truth
    is an equilibrium for alpha > 0; for alpha = 1 the scores sum to zero.
    Source: Prelec (2004), equation 2.

    Args:
        label: Reports as codes, shape (n,).
        prediction: Positive predicted shares, shape (n, classes).
        alpha: The weight of the prediction score.

    Returns:
        Scores of shape (n,).
    """
    import numpy as np

    shares = np.bincount(label, minlength=prediction.shape[1]) / len(label)
    logs = np.log(prediction)
    safe = np.where(shares > 0, shares, 1.0)
    information = (np.log(safe) - logs.mean(axis=0))[label]
    accuracy = (shares * (logs - np.log(safe))).sum(axis=1)
    scores: Floats = information + alpha * accuracy
    return scores


def finite_truth_serum(respondents: Respondents, alpha: float = 1.0) -> Floats:
    """Return the truth serum for a small crowd: a mean over the peers s that are left out in turn.

    For a respondent r and a peer s the shares are those of the peers without s, with one report of
    each class added, so that no share is zero and r does not make its own answer common.
    Source: Prelec (2004), supporting material.

    Returns:
        One score per respondent; NaN where there are no two peers.
    """
    import numpy as np

    weight, classes = respondents.weight, respondents.prediction.shape[1]
    logs = np.log(np.maximum(respondents.prediction, SMALLEST_PREDICTION))
    given = np.eye(classes)[respondents.label]
    left = weight.sum(axis=1)[:, None] - weight
    counts = (weight @ given)[:, None, :] - weight[:, :, None] * given[None]
    shares = (counts + 1) / (left + classes)[:, :, None]
    enough = left > SMALLEST_PREDICTION
    divisor = np.where(enough, left, 1.0)[:, :, None]
    expected = ((weight @ logs)[:, None, :] - weight[:, :, None] * logs[None]) / divisor
    rows = np.arange(len(given))
    information = (np.log(shares) - expected)[rows, :, respondents.label]
    accuracy = (shares * (logs[:, None, :] - np.log(shares))).sum(axis=2)
    usable = np.where(enough, weight, 0.0)
    total = usable.sum(axis=1)
    summed = (usable * (information + alpha * accuracy)).sum(axis=1)
    nothing = np.full(len(rows), np.nan)
    scores: Floats = np.divide(summed, total, out=nothing, where=total > 0)
    return scores


def bts(panel: Panel, *, alpha: float = 1.0, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score workers by `finite_truth_serum`, the mean over their tasks.

    Args:
        panel: The reports; those without a prediction are left out.
        alpha: The weight of the prediction score, positive.
        fewest: The fewest tasks with two peers.

    Returns:
        One score or refusal per worker.

    Raises:
        ValueError: If alpha is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"expected a positive weight of the prediction score, not {alpha}")
    return score_by_task(panel, lambda respondents: finite_truth_serum(respondents, alpha), fewest)


def score_by_task(panel: Panel, payment: TaskPayment, fewest: int) -> tuple[PeerResult, ...]:
    """Score workers by a payment that looks at one task at a time, the mean over their tasks.

    Args:
        panel: The reports; those without a prediction are left out.
        payment: From the respondents of one task to a payment for each; NaN where there is none.
        fewest: The fewest tasks with a payment.
    """
    import numpy as np

    told = panel.where(~np.isnan(panel.predictions[:, 0]))
    payments = np.full(len(told.reports), np.nan)
    if len(panel.classes) > 1:
        order = np.argsort(told.task, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(told.task[order])) + 1):
            payments[rows] = payment(_respondents(told, rows))
    return mean_scores(told, payments, ~np.isnan(payments), fewest=fewest, missing=_NO_PREDICTION)


def _respondents(panel: Panel, rows: Codes) -> Respondents:
    owner, family = panel.owner[rows], panel.family[rows]
    strangers = (owner[:, None] != owner) & (family[:, None] != family)
    return Respondents(panel.label[rows], panel.predictions[rows], strangers * panel.unit[rows])
