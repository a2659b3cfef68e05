"""Single-task peer prediction from labels alone: agreement, and agreement weighed by surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.evidence import FEWEST_TASKS, mean_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scoring.panel import Floats, Panel
    from scoring.peer import PeerResult

    Rule = Callable[[Sequence[float], int], float]

FEWEST_POOLED = 200
"""The fewest reports from which the frequency of a label is estimated before dividing by it."""

_TOLERANCE = 1e-9


def quadratic_rule(prediction: Sequence[float], outcome: int) -> float:
    """Return ``2 p_y - sum p^2``, the quadratic rule over classes (Brier 1950), in [-1, 1].

    >>> quadratic_rule((0.5, 0.5), 0)
    0.5
    """
    return 2 * prediction[outcome] - sum(p * p for p in prediction)


def peer_truth_serum(report: int, peer: int, prior: Sequence[float]) -> float:
    """Return ``1[report = peer] / prior[report] - 1``: agreement on a rare label pays more.

    Truth is an equilibrium if beliefs are self-predicting: Pr(peer x | own x) / R(x) is larger
    than Pr(peer z | own x) / R(z) for every z != x. Everybody reporting the rarest label pays more
    still. Source: Faltings, Jurca, Radanovic (2017), section 3.

    >>> peer_truth_serum(0, 0, (0.25, 0.75))
    3.0
    """
    return (report == peer) / prior[report] - 1


def output_agreement(panel: Panel, *, fewest: int = FEWEST_TASKS) -> tuple[PeerResult, ...]:
    """Score every worker by the share of its peers that gave the same report; in [0, 1].

    The baseline that the other mechanisms improve on. Truth is an equilibrium only where the own
    signal is the most likely signal of a peer, and everybody reporting one label pays the most.

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    rows = np.arange(len(panel.reports))
    return mean_scores(panel, panel.shares[rows, panel.label], panel.peers > 0, fewest=fewest)


def miller_resnick_zeckhauser(
    panel: Panel,
    *,
    posterior: Mapping[str, Mapping[str, float]],
    rule: Rule = quadratic_rule,
    fewest: int = FEWEST_TASKS,
) -> tuple[PeerResult, ...]:
    """Score the forecast of a peer's report that the own report implies.

    The mechanism knows the common prior and so what a signal says about a peer's signal. Truth is a
    strict equilibrium if that forecast differs from signal to signal and the rule is strictly
    proper; it is not the only equilibrium. Source: Miller, Resnick, Zeckhauser (2005), section 2.

    Args:
        panel: The reports.
        posterior: For each report the distribution of a peer's report.
        rule: A proper scoring rule over classes, higher is better.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker.

    Raises:
        ValueError: If a class has no posterior, or one is no distribution.
    """
    import numpy as np

    table = np.zeros((len(panel.classes), len(panel.classes)))
    for row, report in enumerate(panel.classes):
        if report not in posterior:
            raise ValueError(f"expected the distribution of a peer's report given {report!r}")
        names, forecast = distribution(posterior[report], panel.classes)
        table[row] = [rule(forecast, names.index(peer)) for peer in panel.classes]
    payments = (table[panel.label] * panel.shares).sum(axis=1)
    return mean_scores(panel, payments, panel.peers > 0, fewest=fewest)


def peer_truth_serum_scores(
    panel: Panel, *, prior: Mapping[str, float], fewest: int = FEWEST_TASKS
) -> tuple[PeerResult, ...]:
    """Score agreement weighed by a public prior, as `peer_truth_serum` says.

    Args:
        panel: The reports.
        prior: The public distribution of the reports, positive for every class.
        fewest: The fewest tasks shared with peers.

    Returns:
        One score or refusal per worker; a report that ignores its task expects 0 where the prior is
        the true frequency.

    Raises:
        ValueError: If the prior is no distribution or lacks a class.
    """
    import numpy as np

    names, known = distribution(prior, panel.classes)
    shares = np.array([known[names.index(name)] for name in panel.classes])
    if not shares.all():
        raise ValueError("expected a prior that is positive for every class")
    rows = np.arange(len(panel.reports))
    payments = panel.shares[rows, panel.label] / shares[panel.label] - 1
    return mean_scores(panel, payments, panel.peers > 0, fewest=fewest)


def crowd_truth_serum(
    panel: Panel, *, fewest: int = FEWEST_TASKS, pooled: int = FEWEST_POOLED
) -> tuple[PeerResult, ...]:
    """Score agreement weighed by how often strangers gave the label to the other tasks.

    No prior is needed. Everybody reporting one label pays 0, less than truth. The estimated
    frequency stands in a denominator, which favours constant reports (by about .16 with 10 reports,
    .005 with 200), so a small pool is refused. A label that the pool does not know pays 0.
    Source: Radanovic, Faltings, Jurca (2016), section 4.

    Args:
        panel: The reports.
        fewest: The fewest tasks shared with peers.
        pooled: The fewest reports of strangers on other tasks.

    Returns:
        One score or refusal per worker.
    """
    import numpy as np

    everywhere = np.zeros(len(panel.reports), dtype=np.intp)
    elsewhere = panel.strangers(everywhere, panel.unit) - panel.votes
    frequency = elsewhere / np.maximum(elsewhere.sum(axis=1, keepdims=True), _TOLERANCE)
    rows = np.arange(len(panel.reports))
    agreement, own = panel.shares[rows, panel.label], frequency[rows, panel.label]
    known = own > _TOLERANCE
    payments = np.where(known, agreement / np.where(known, own, 1.0) - 1, 0.0)
    large = _pool_sizes(panel) >= pooled
    missing = f"fewer than {pooled} reports of strangers on other tasks"
    return mean_scores(panel, payments, large, fewest=fewest, missing=missing)


def distribution(
    shares: Mapping[str, float], classes: Sequence[str]
) -> tuple[list[str], list[float]]:
    """Return all named classes, sorted, and their shares; a class without a share gets 0.

    Raises:
        ValueError: If the shares are not in [0, 1] with sum 1.

    >>> distribution({"yes": 0.75, "no": 0.25}, ("no",))
    (['no', 'yes'], [0.25, 0.75])
    """
    names = sorted(set(shares) | set(classes))
    values = [shares.get(name, 0.0) for name in names]
    if not (min(values) >= 0 and abs(sum(values) - 1) <= _TOLERANCE):
        raise ValueError(f"expected shares in [0, 1] with sum 1, not {dict(shares)}")
    return names, values


def _pool_sizes(panel: Panel) -> Floats:
    import numpy as np

    everywhere = np.zeros(len(panel.reports), dtype=np.intp)
    totals = panel.strangers(everywhere, np.ones(len(panel.reports))).sum(axis=1)
    sizes: Floats = totals - panel.peers
    return sizes
