"""One pay unit per owner, not per identity: a second name earns nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.peer import PeerScore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.panel import Panel
    from scoring.peer import PeerResult


class OwnerScore(NamedTuple):
    """The one pay unit of an owner: the mean score of its workers that could be scored.

    Attributes:
        owner: Who is paid.
        score: The mean of the workers' scores, each weighed by what it answered: a task that
            several of them answered counts once, in equal parts.
        workers: How many workers it rests on.
        standard_error: The mean of their standard errors with the same weights, an upper bound of
            the standard error of the score however strongly the workers are correlated.
    """

    owner: str
    score: float
    workers: int
    standard_error: float


def by_owner(panel: Panel, results: Sequence[PeerResult]) -> tuple[OwnerScore, ...]:
    """Reduce the scores of workers to one pay unit per owner: what each of its tasks is paid by.

    Paid once for every task, an owner earns nothing by a second identity, neither by one that
    repeats the answers of the first nor by dealing its answers out among several (assuming that
    owners are known).

    Args:
        panel: The reports that were scored.
        results: What a peer mechanism said about them.

    Returns:
        One entry for each owner with at least one scored worker, by first appearance.

    >>> from scoring.panel import panel_of
    >>> from scoring.peer import PeerReport
    >>> said = [("t1", "a"), ("t2", "a"), ("t3", "a"), ("t4", "b")]
    >>> panel = panel_of(PeerReport(task, name, "owner", "x", "yes") for task, name in said)
    >>> by_owner(panel, [PeerScore("a", 0.5, 9, 0.1), PeerScore("b", -0.5, 3, 0.1)])[0].score
    0.25
    """
    import numpy as np

    answered = np.bincount(panel.worker, panel.unit, minlength=len(panel.workers)).tolist()
    weights = dict(zip(panel.workers, answered, strict=True))
    owners = {report.worker: report.owner for report in panel.reports}
    scored: dict[str, list[PeerScore]] = {}
    for result in results:
        if isinstance(result, PeerScore):
            scored.setdefault(owners[result.worker], []).append(result)
    return tuple(_unit(owner, scores, weights) for owner, scores in scored.items())


def _unit(owner: str, scores: Sequence[PeerScore], weights: Mapping[str, float]) -> OwnerScore:
    shares = [weights[one.worker] for one in scores]
    total = sum(shares)
    parts = list(zip(shares, scores, strict=True))
    return OwnerScore(
        owner,
        sum(share * one.score for share, one in parts) / total,
        len(scores),
        sum(share * one.standard_error for share, one in parts) / total,
    )
