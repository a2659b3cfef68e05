"""From many reports to one answer per task; to produce the answer, not the pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring import dawid_skene as dawid_skene_model
from scoring import glad as glad_model
from scoring.panel import sums_by
from scoring.peer import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scoring.panel import Floats, Panel

SMALLEST_SHARE = 0.01
"""Predicted shares are raised to this before votes are divided by them."""

SUREST = 0.98
"""Confidences are drawn into [1 - this, this] before they become log odds."""

_TIE = 1e-9


class Consensus(NamedTuple):
    """The answer of the crowd to one task.

    Attributes:
        task: The task.
        answer: The class with the most support; ties are broken by a seeded draw.
        support: Its share of all support: a vote share, or a probability if the aggregator has a
            model of errors; in [0, 1].
    """

    task: str
    answer: str
    support: float


def plurality(panel: Panel) -> tuple[Consensus, ...]:
    """Return the most frequent answer to each task; every owner has one vote.

    Args:
        panel: The reports.

    Returns:
        One answer per task, in order of the tasks.

    >>> from scoring.panel import panel_of
    >>> from scoring.peer import PeerReport
    >>> reports = [PeerReport("t", w, w, w, x) for w, x in zip("abc", ("no", "yes", "yes"))]
    >>> plurality(panel_of(reports))[0].answer
    'yes'
    """
    return _choose(panel, _support(panel, panel.unit))


def weighted(panel: Panel, *, weights: Mapping[str, float]) -> tuple[Consensus, ...]:
    """Return the answer with the largest weight of voters.

    Log odds of each worker's accuracy are the best weights if errors are independent (Nitzan,
    Paroush 1982); peer scores serve where no accuracy is known.

    Args:
        panel: The reports.
        weights: For each worker, at least 0 and finite.

    Returns:
        One answer per task.

    Raises:
        ValueError: If a worker has no weight, or one that is below 0 or not finite.
    """
    import numpy as np

    missing = [name for name in panel.workers if not 0 <= weights.get(name, -1) < np.inf]
    if missing:
        raise ValueError(f"expected a finite weight of at least 0 for worker {missing[0]!r}")
    by_worker = np.array([weights[name] for name in panel.workers], dtype=float)
    return _choose(panel, _support(panel, by_worker[panel.worker] * panel.unit))


def dawid_skene(panel: Panel) -> tuple[Consensus, ...]:
    """Return the most probable answers with a confusion matrix per worker (Dawid, Skene 1979).

    Args:
        panel: The reports; independent given the truth.

    Returns:
        One answer per task with its posterior probability.
    """
    model = dawid_skene_model.fit(panel.task, panel.worker, panel.label, len(panel.classes))
    return _choose(panel, model.posterior)


def glad(panel: Panel) -> tuple[Consensus, ...]:
    """Return the most probable answers with abilities and difficulties (Whitehill et al. 2009).

    Args:
        panel: The reports; independent given the truth.

    Returns:
        One answer per task with its posterior probability.
    """
    if len(panel.classes) < 2:
        return plurality(panel)
    model = glad_model.fit(panel.task, panel.worker, panel.label, len(panel.classes))
    return _choose(panel, model.posterior)


def surprisingly_popular(panel: Panel) -> tuple[Consensus, ...]:
    """Return the answer that is the most frequent in relation to its predicted frequency.

    Right even where the majority is wrong, if those who know better also know what the others
    think. Source: Prelec, Seung, McCoy (2017), equation 1 for many answers as a ratio.

    Args:
        panel: The reports; votes count with or without a prediction.

    Returns:
        One answer per task.

    Raises:
        ValueError: If nobody predicts the votes on some task.
    """
    import numpy as np

    told = ~np.isnan(panel.predictions[:, 0])
    length = len(panel.tasks)
    weight = panel.unit * told
    voices = sums_by(panel.task, weight, length)
    if not voices.all():
        silent = panel.tasks[int(np.argmin(voices))]
        raise ValueError(f"expected a prediction of the votes on task {silent!r}")
    columns = np.nan_to_num(panel.predictions).T
    sums = [sums_by(panel.task, weight * column, length) for column in columns]
    predicted = np.stack(sums, axis=1) / voices[:, None]
    votes = _support(panel, panel.unit)
    shares = votes / votes.sum(axis=1, keepdims=True)
    return _choose(panel, shares / np.maximum(predicted, SMALLEST_SHARE))


def log_odds_pool(
    panel: Panel,
    *,
    recalibrate: Callable[[str, float], float] | None = None,
    independence: float = 1.0,
) -> tuple[Consensus, ...]:
    """Return the answer with the largest sum of log odds of confidences.

    With independent errors and calibrated confidences this is Bayes' rule for a uniform prior; the
    support is then the probability. Confidences outside [.02, .98] are drawn in.

    Args:
        panel: The reports, each with a confidence.
        recalibrate: Maps (worker, confidence) to a calibrated probability; identity if None.
        independence: Multiplies the log odds: 1 for independent workers, less for workers that err
            together.

    Returns:
        One answer per task with its probability.

    Raises:
        ValueError: If a report has no confidence, a recalibrated one is not in [0, 1], or
            independence is not in (0, 1].
    """
    import numpy as np

    if not 0 < independence <= 1:
        raise ValueError(f"expected an independence in (0, 1], not {independence}")
    silent = np.flatnonzero(np.isnan(panel.confidences))
    if len(silent):
        one = panel.reports[int(silent[0])]
        raise ValueError(f"expected a confidence of {one.worker!r} on task {one.task!r}")
    raw = [
        (report.worker, float(p))
        for report, p in zip(panel.reports, panel.confidences, strict=True)
    ]
    mapped = np.array([recalibrate(worker, p) if recalibrate else p for worker, p in raw])
    if not ((mapped >= 0) & (mapped <= 1)).all():
        raise ValueError("expected recalibrated confidences in [0, 1]")
    sure = np.clip(mapped, 1 - SUREST, SUREST)
    others = max(len(panel.classes) - 1, 1)
    odds = np.log(sure) - np.log((1 - sure) / others)
    joint = independence * _support(panel, odds * panel.unit)
    joint = np.exp(joint - joint.max(axis=1, keepdims=True))
    return _choose(panel, joint / joint.sum(axis=1, keepdims=True))


def _support(panel: Panel, weight: Floats) -> Floats:
    length, size = len(panel.tasks), len(panel.classes)
    sums = sums_by(panel.task * size + panel.label, weight, length * size)
    return sums.reshape(length, size)


def _choose(panel: Panel, support: Floats) -> tuple[Consensus, ...]:
    import numpy as np

    best, total = support.max(axis=1), support.sum(axis=1)
    tied = support >= (best - _TIE * abs(best))[:, None]
    reported = _support(panel, panel.unit) > 0
    tied &= reported | ~(tied & reported).any(axis=1, keepdims=True)
    answers = [panel.classes[int(column)] for column in tied.argmax(axis=1)]
    for row in map(int, np.flatnonzero(tied.sum(axis=1) > 1)):
        names = [
            name for name, found in zip(panel.classes, tied[row].tolist(), strict=True) if found
        ]
        answers[row] = max(names, key=lambda name: draw(panel.seed, "tie", panel.tasks[row], name))
    shares: list[float] = np.divide(best, total, out=np.zeros_like(best), where=total > 0).tolist()
    return tuple(map(Consensus, panel.tasks, answers, shares))
