"""The truth serum for as few as three respondents: a report shifts the prediction of a peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.evidence import FEWEST_TASKS
from scoring.truth_serum import score_by_task

if TYPE_CHECKING:
    from scoring.panel import Floats, Panel
    from scoring.peer import PeerResult
    from scoring.truth_serum import Respondents

SMALLEST_DIVISOR = 0.1
"""Predicted shares are raised to this before they divide, so no agreement pays more than 10."""

_TOLERANCE = 1e-9


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
    return score_by_task(panel, robust_payments, fewest)


def multivalued_rbts(panel: Panel, *, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score workers by `multivalued_payments`, the mean over their tasks.

    Args:
        panel: The reports; those without a prediction are left out.
        fewest: The fewest tasks with two peers.

    Returns:
        One score or refusal per worker.
    """
    return score_by_task(panel, multivalued_payments, fewest)


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
    known = pairs > _TOLERANCE
    nothing = np.full(len(pairs), np.nan)
    averages: Floats = np.divide(informed + predicted, pairs, out=nothing, where=known)
    return averages


def _half_quadratic(probability: float, outcome: int) -> float:
    return 1 - (1 - probability) ** 2 if outcome else 1 - probability**2
