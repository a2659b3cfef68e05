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

SMALLEST_DIVISOR = 0.1
"""Predicted shares are raised to this before they divide, so no agreement pays more than 10."""

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


def robust_truth_serum(report: int, prediction: float, peer_prediction: float, other: int) -> float:
    """Return the payment of the robust truth serum for a yes-or-no report; in [0, 2].

    The report moves the prediction of one peer up or down, the shifted prediction is scored against
    the report of another, and so is the own prediction. With an admissible common prior truth is a
    strict equilibrium for three respondents or more. Source: Witkowski, Parkes (2012), section 4.

    Args:
        report: 1 for yes, 0 for no.
        prediction: The share of yes that the worker expects.
        peer_prediction: The share of yes that a peer expects.
        other: The report of a third respondent.

    >>> round(robust_truth_serum(1, 0.7, 0.4, 1), 9)
    1.87
    """
    shift = min(peer_prediction, 1 - peer_prediction)
    shifted = peer_prediction + shift if report else peer_prediction - shift
    return _half_quadratic(shifted, other) + _half_quadratic(prediction, other)


def robust_payments(respondents: Respondents) -> Floats:
    """Return `robust_truth_serum` averaged over all ordered pairs of peers; NaN without two."""
    import numpy as np

    yes = respondents.prediction[:, 1]
    shift = np.minimum(yes, 1 - yes)
    sign = np.where(respondents.label == 1, 1.0, -1.0)
    shifted = yes[None, :] + sign[:, None] * shift[None, :]
    information = np.stack([1 - shifted**2, 1 - (1 - shifted) ** 2], axis=2)
    accuracy = np.stack([1 - yes**2, 1 - (1 - yes) ** 2], axis=1)
    return _pair_average(respondents, information, accuracy)


def multivalued_payments(respondents: Respondents) -> Floats:
    """Return the robust truth serum for any number of classes; NaN without two peers.

    ``1[x_i = x_k] / y_j(x_i)`` plus the quadratic score of the own prediction, averaged over all
    ordered pairs (j, k) of peers. Truth is a strict equilibrium if Pr(peer x | own x) is larger
    than Pr(peer x | own z) for z != x. Source: Radanovic, Faltings (2013), section 4. Divisors are
    raised to `SMALLEST_DIVISOR`, so classes expected to be rarer earn less than in the paper.
    """
    import numpy as np

    classes = respondents.prediction.shape[1]
    given = np.eye(classes)[respondents.label]
    divisor = np.maximum(respondents.prediction, SMALLEST_DIVISOR)[:, respondents.label].T
    information = given[:, None, :] / divisor[:, :, None]
    squares = (respondents.prediction**2).sum(axis=1, keepdims=True)
    return _pair_average(respondents, information, 2 * respondents.prediction - squares)


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
    if alpha <= 0:
        raise ValueError(f"expected a positive weight of the prediction score, not {alpha}")
    return _score(panel, lambda respondents: finite_truth_serum(respondents, alpha), fewest)


def rbts(panel: Panel, *, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score workers by the robust truth serum, the mean over tasks and pairs of peers; in [0, 2].

    Args:
        panel: The reports; those without a prediction are left out.
        fewest: The fewest tasks with two peers.

    Returns:
        One score or refusal per worker.

    Raises:
        ValueError: If there are more than two classes; use `multivalued_rbts`.
    """
    if len(panel.classes) > 2:
        raise ValueError(f"expected reports of two classes, not {list(panel.classes)}")
    return _score(panel, robust_payments, fewest)


def multivalued_rbts(panel: Panel, *, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score workers by `multivalued_payments`, the mean over their tasks.

    Args:
        panel: The reports; those without a prediction are left out.
        fewest: The fewest tasks with two peers.

    Returns:
        One score or refusal per worker.
    """
    return _score(panel, multivalued_payments, fewest)


def _score(panel: Panel, payment: TaskPayment, fewest: int) -> tuple[PeerResult, ...]:
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


def _pair_average(respondents: Respondents, information: Floats, accuracy: Floats) -> Floats:
    """Average payments over ordered pairs (j, k) of two different peers.

    Args:
        respondents: The respondents.
        information: ``information[i, j, x]`` is paid to i for peer j's prediction when k reports x.
        accuracy: ``accuracy[i, x]`` is paid to i for its own prediction when k reports x.
    """
    import numpy as np

    weight = respondents.weight
    given = np.eye(accuracy.shape[1])[respondents.label]
    total = weight.sum(axis=1, keepdims=True)
    pairs = (total**2)[:, 0] - (weight**2).sum(axis=1)
    others = (weight @ given)[:, None, :] - weight[:, :, None] * given[None]
    informed = (weight[:, :, None] * others * information).sum(axis=(1, 2))
    predicted = (((weight * (total - weight)) @ given) * accuracy).sum(axis=1)
    known = pairs > SMALLEST_PREDICTION
    nothing = np.full(len(pairs), np.nan)
    averages: Floats = np.divide(informed + predicted, pairs, out=nothing, where=known)
    return averages


def _half_quadratic(probability: float, outcome: int) -> float:
    return 1 - (1 - probability) ** 2 if outcome else 1 - probability**2
