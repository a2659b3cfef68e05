"""Peer prediction with gold checks: a random share of the tasks is also checked against the truth.

Every peer mechanism has equilibria in which all follow a cheap shared signal. What a worker can
gain there by the peer score must be less than what it loses on the checked tasks.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from scoring.correlated_agreement import dasgupta_ghosh
from scoring.evidence import FEWEST_TASKS, mean_by_worker, spread_by_worker
from scoring.peer import PeerRefusal, PeerResult, PeerScore, draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.panel import Panel


def stake_limit(accuracy: float, effort: float = 0.0, classes: int = 2) -> float:
    """Return the least upper bound on peer weight divided by gold weight.

    Below it a worker that is right with this probability loses by following a cheap shared signal
    of the others. With chance = 1 / classes such a signal earns at most 1 - chance by its
    Dasgupta-Ghosh score, so ``peer_weight (1 - chance) < gold_weight (accuracy - chance - effort)``.
    After Gao, Wright, Leyton-Brown (2016), who show that no peer score stops such a signal alone.

    Args:
        accuracy: The accuracy of an honest worker, above chance.
        effort: The cost of honest work per task in units of the gold weight.
        classes: The number of answers to choose from, at least 2.

    Raises:
        ValueError: If no positive limit exists, the effort is negative or there is no choice.

    >>> round(stake_limit(0.7), 9), round(stake_limit(0.7, effort=0.05), 9)
    (0.4, 0.3)
    """
    if classes < 2:
        raise ValueError(f"expected at least 2 classes, not {classes}")
    chance = 1 / classes
    if not effort >= 0:
        raise ValueError(f"expected an effort of at least 0, not {effort}")
    if not chance + effort < accuracy <= 1:
        raise ValueError(f"expected an accuracy in ({chance + effort:.3g}, 1], not {accuracy}")
    return (accuracy - chance - effort) / (1 - chance)


def checked_share(accuracy: float) -> float:
    """Return the share of yes-or-no tasks to check if a check weighs the same as a peer score.

    >>> round(checked_share(0.8), 9)
    0.625

    Raises:
        ValueError: If the accuracy is not in [0.5, 1].
    """
    if not 0.5 <= accuracy <= 1:
        raise ValueError(f"expected an accuracy in [0.5, 1], not {accuracy}")
    return 0.5 / accuracy


def is_checked(seed: int, task: str, share: float) -> bool:
    """Say whether a task is to be checked, fixed by the seed and the task's name alone.

    Args:
        seed: Secret until all reports are fixed.
        task: The task.
        share: The share of tasks to check, in [0, 1].

    Raises:
        ValueError: If the share is not in [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"expected a share in [0, 1], not {share}")
    return draw(seed, "gold", task) < share


def gold_hybrid(
    panel: Panel,
    *,
    gold: Mapping[str, str],
    peer_weight: float = 0.1,
    gold_weight: float = 1.0,
    accuracy: float = 0.6,
    fewest: int = FEWEST_TASKS,
) -> tuple[PeerResult, ...]:
    """Score workers by accuracy on checked tasks plus Dasgupta-Ghosh scores on the others.

    The mean over checked tasks stands for all tasks, so each check weighs 1 / (share of checks).
    Truth then beats every shared cheap signal (risk-neutral workers that cannot tell which tasks
    are checked and are right at least as often as ``accuracy`` says). A worker without enough peers
    is scored by its checks alone, with the peer part 0.

    Args:
        panel: The reports.
        gold: The truth of the checked tasks.
        peer_weight: What a peer score of 1 is worth.
        gold_weight: What accuracy 1 on checked tasks is worth.
        accuracy: The least accuracy of an honest worker.
        fewest: The fewest checked tasks, and the fewest tasks shared with peers.

    Returns:
        One score or refusal per worker; comparisons count the checks too.

    Raises:
        ValueError: If the weights break the rule of `stake_limit`.
    """
    import numpy as np

    limit = stake_limit(accuracy, classes=max(2, len(panel.classes)))
    if not 0 <= peer_weight < limit * gold_weight:
        raise ValueError(
            f"expected a peer weight in [0, {limit * gold_weight:.3g}) for accuracy {accuracy} "
            f"and gold weight {gold_weight}, not {peer_weight}"
        )
    known = np.array([report.task in gold for report in panel.reports])
    right = np.array([gold.get(report.task) == report.report for report in panel.reports])
    checks = np.bincount(panel.worker[known], minlength=len(panel.workers))
    means = mean_by_worker(panel, right[:, None].astype(float), known)[:, 0]
    errors = spread_by_worker(panel, right.astype(float), known)
    by_peers = dasgupta_ghosh(panel.where(~known), fewest=fewest)
    return tuple(
        _join(peer, int(n), gold_weight * mean, gold_weight * error, peer_weight, fewest)
        for peer, n, mean, error in zip(by_peers, checks, means, errors, strict=True)
    )


def _join(
    peer: PeerResult, checks: int, gold: float, error: float, weight: float, fewest: int
) -> PeerResult:
    if checks < fewest:
        return PeerRefusal(peer.worker, f"only {checks} checked tasks, expected {fewest}")
    if isinstance(peer, PeerRefusal):
        return PeerScore(peer.worker, float(gold), checks, float(error))
    return PeerScore(
        peer.worker,
        float(gold + weight * peer.score),
        checks + peer.comparisons,
        hypot(error, weight * peer.standard_error),
    )
