"""One pay unit per owner, not per identity: a second name earns nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.peer import PeerScore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.panel import Panel
    from scoring.peer import PeerResult


class OwnerScore(NamedTuple):
    """The one pay unit of an owner: the mean score of its workers that could be scored.

    Attributes:
        owner: Who is paid.
        score: The mean of the workers' scores.
        workers: How many workers it rests on.
        standard_error: The mean of their standard errors, an upper bound of the standard error of
            the mean however strongly the workers are correlated.
    """

    owner: str
    score: float
    workers: int
    standard_error: float


def by_owner(panel: Panel, results: Sequence[PeerResult]) -> tuple[OwnerScore, ...]:
    """Reduce the scores of workers to one pay unit per owner.

    A second identity of the same owner then earns nothing by itself (assuming owners are known).

    Args:
        panel: The reports that were scored.
        results: What a peer mechanism said about them.

    Returns:
        One entry for each owner with at least one scored worker, by first appearance.
    """
    owners = {report.worker: report.owner for report in panel.reports}
    scored: dict[str, list[PeerScore]] = {}
    for result in results:
        if isinstance(result, PeerScore):
            scored.setdefault(owners[result.worker], []).append(result)
    return tuple(
        OwnerScore(
            owner,
            sum(one.score for one in scores) / len(scores),
            len(scores),
            sum(one.standard_error for one in scores) / len(scores),
        )
        for owner, scores in scored.items()
    )
