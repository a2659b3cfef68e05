"""The share mode: the metered cost is refunded and the surplus is shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid, Lot
from protocols.units import Money
from protocols.winner_determination import Win, determine_winners

LEAST: Final = Money(1_000)
"""A thousand nano-units, about a hundred tokens of a small model."""


@dataclass(frozen=True, slots=True)
class Share:
    """Contingent VCG with refunded cost and a shared surplus (`share`).

    The largest sum of ``V p - c`` wins, as in ``contingent-vcg``, and a winner is paid

        ``c' + L (V x - c' - K)``        c': the metered cost, K: its pivot, 0 < L <= 1

    so it earns the share L of what it adds. L is fixed before the bids: either given, or the
    largest one that can never make a payment negative as long as the metered cost is at least
    ``least_cost``: ``L = least_cost / (least_cost + V)``, with V the largest value announced.

    Guarantee: the truth about expected cost and probability is a dominant strategy, for every L;
    an honest worker never loses in expectation. A small L means small rewards for the truth.

    Assumptions: the cost is metered by the coordinator (tokens times price) and not declared; a
    worker cannot inflate it; risk-neutral workers; private values; the verifier does not err.

    Args:
        share: L, or ``None`` to derive it.
        least_cost: The least that the work can cost, where L is derived.

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
        share = self._part(announcement)

        def contract(win: Win) -> Contract:
            return Contract(
                base=Money(-round(share * win.pivot)),
                per_success=Money(round(share * win.lot.value)),
                cost_share=1.0 - share,
                report=win.bid.probability,
            )

        return solution.allocation(announcement, self.name, contract)

    def _part(self, announcement: Announcement) -> float:
        if self.share is not None:
            return self.share
        largest = max((lot.value for lot in announcement.lots), default=0)
        return self.least_cost / (self.least_cost + largest)


def expected_value(lot: Lot, bid: Bid) -> int:
    """Return ``V p - c``, what a bid is expected to add."""
    return round(lot.value * bid.probability) - bid.cost
