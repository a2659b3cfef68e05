"""Pays the answers to copied tasks by what their peers say of them."""

from collections.abc import Sequence
from dataclasses import replace

from protocols.mechanism import Allocation, Mechanism, Properties, Standings
from protocols.messages import Announcement, Award, Bid
from protocols.units import Money, Name

COST_ONLY = (
    "vcg",
    "vickrey",
    "first-price",
    "posted-price",
    "budget-feasible",
    "min-work",
    "optimal",
    "sortition",
)
"""The mechanisms of sealed bids on single lots whose payments depend on no outcome."""


class PeerPaid:
    """Lets another mechanism award, and adds the peer score to the contracts of copied tasks.

    An award of a lot with a group pays ``base + stake * peer score``; all other awards stay as they
    are. Who wins, and the base, are decided by the other mechanism alone.

    Guarantee: what the other mechanism promises about costs holds, since the peer score depends on
    answers and not on bids, and no bid moves a worker from one copy to another. If the peer
    mechanism is truthful, the answer that a worker holds right is its best reply, for a risk-neutral
    worker and a stake that exceeds what the effort costs.

    Args:
        inner: One of `COST_ONLY`.
        rule: The name of the peer mechanism.
        stake: Money per unit of peer score.

    Raises:
        ValueError: If the other mechanism is not one of them.

    >>> from protocols.vcg import Vcg
    >>> PeerPaid(Vcg(), "correlated-agreement", Money(10)).name
    'vcg'
    """

    def __init__(self, inner: Mechanism, rule: Name, stake: Money) -> None:
        if inner.name not in COST_ONLY:
            raise ValueError(
                f"the mechanism {inner.name!r} cannot award tasks with redundancy, for it pays by"
                " outcomes, goes in rounds or takes bids on all lots alike; take one of"
                f" {', '.join(COST_ONLY)}"
            )
        self._inner, self._rule, self._stake = inner, rule, stake

    @property
    def name(self) -> str:
        """The name of the mechanism that awards."""
        return self._inner.name

    @property
    def properties(self) -> Properties:
        """What that mechanism promises, given what the peer score assumes."""
        inner = self._inner.properties
        return replace(
            inner,
            budget=f"{inner.budget}, and the stake times the peer score on top",
            individually_rational="interim",
            assumptions=(*inner.assumptions, f"for answers: those of {self._rule}"),
        )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Let the other mechanism clear, and put the stake into the awards of copied lots."""
        allocation = self._inner.clear(announcement, bids, standings, seed)
        copied = {lot.task for lot in announcement.lots if lot.group is not None}
        if not copied:
            return allocation
        awards = tuple(
            self._staked(award) if award.task in copied else award for award in allocation.awards
        )
        return allocation.model_copy(update={"awards": awards})

    def _staked(self, award: Award) -> Award:
        terms = {"score_weight": self._stake, "rule": self._rule}
        return award.model_copy(update={"contract": award.contract.model_copy(update=terms)})
