"""The share mode: the metered cost is refunded and the surplus is shared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, standing_of
from protocols.messages import Announcement, Bid, Lot
from protocols.units import Money, WorkerId
from protocols.winner_determination import Solution, Win, determine_winners

LEAST: Final = Money(1_000)
"""A thousand nano-units, about a hundred tokens of a small model."""


@dataclass(frozen=True, slots=True)
class Share:
    """Contingent VCG with refunded cost and a shared surplus (`share`).

    The largest sum of ``V p - c`` wins, as in ``contingent-vcg``, and a winner i is paid

        ``c' + L_i (V x - c' - K_i)``        c': the metered cost, K_i: its pivot, 0 < L_i <= 1

    so it earns the part L_i of what it adds. The part is given, the same for all, or derived:

        ``L_i = m_i / (m_i + W(-i))``        m_i: the least that the work of i can cost

    with W(-i) the welfare that the others' reports make without i, and m_i the least metered cost
    that the standings know of the worker at the kinds announced, or ``least_cost`` for a kind at
    which it never worked. Neither depends on what i reports now.

    Guarantee: the truth about expected cost and probability is a dominant strategy, for every L_i;
    an honest worker never loses in expectation. With the derived part no payment is negative as
    long as work is metered at m_i or more, for K_i <= W(-i) makes ``m_i (1 - L_i) >= L_i K_i``.
    No larger part has this property where i wins all lots. A small part means small rewards for
    the truth: without a lower bound on the cost there is nothing to share.

    Assumptions: the cost is metered by the coordinator (tokens times price) and not declared; a
    worker cannot inflate it; risk-neutral workers; private values; the verifier does not err.

    Args:
        share: L for every worker, or ``None`` to derive one for each.
        least_cost: The least that the work of a newcomer can cost, where L is derived.

    Source: a positive multiple of the pivot utility keeps the Groves argument (Groves 1973); for
    one task it is the rule of Zheng, Yang, Wu and Chen (2017).
    """

    share: float | None = None
    least_cost: Money = LEAST

    name = "share"
    properties = Properties(
        truthful="dominant",
        elicits=("cost", "probability"),
        individually_rational="interim",
        budget="refunds the metered cost; keeps the rest of the surplus",
        exact=True,
        assumptions=(
            "the cost is metered and not declared",
            "risk-neutral workers",
            "private costs and probabilities",
            "the verifier does not err",
            "no collusion, one name per worker",
        ),
        source="Groves 1973; Zheng, Yang, Wu and Chen 2017",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear all lots together; see the class."""
        solution = determine_winners(announcement, bids, expected_value, seed)
        parts = self._parts(announcement, solution, standings)

        def contract(win: Win) -> Contract:
            part = parts[win.bid.worker]
            return Contract(
                base=Money(-int(part * win.pivot)),
                per_success=Money(round(part * win.lot.value)),
                cost_share=float(1 - part),
                report=win.bid.probability,
            )

        return solution.allocation(announcement, self.name, contract)

    def _parts(
        self, announcement: Announcement, solution: Solution, standings: Standings
    ) -> dict[WorkerId, Fraction]:
        """Return L of every winner."""
        winners = dict.fromkeys(win.bid.worker for win in solution.wins)
        if self.share is not None:
            return dict.fromkeys(winners, Fraction(self.share))
        added: Counter[WorkerId] = Counter()
        for win in solution.wins:
            added[win.bid.worker] += win.score - win.pivot
        kinds = {lot.kind for lot in announcement.lots}
        return {
            worker: _part(
                min(self._least(standings, worker, kind) for kind in kinds),
                solution.welfare - added[worker],
            )
            for worker in winners
        }

    def _least(self, standings: Standings, worker: WorkerId, kind: str) -> Money:
        known = standing_of(standings, worker, kind).least_cost
        return self.least_cost if known is None else known


def _part(least: int, without: int) -> Fraction:
    """Return the largest part that keeps payments from being negative, given W(-i)."""
    return Fraction(least, least + without) if without else Fraction(1)


def expected_value(lot: Lot, bid: Bid) -> int:
    """Return ``V p - c``, what a bid is expected to add."""
    return round(lot.value * bid.probability) - bid.cost
