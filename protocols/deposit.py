"""Deposits: who can be charged bids on the strict rule, who cannot bids per success."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from protocols.contingent import ContingentVcg, ExpectedScore
from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, standing_of
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import capacities
from protocols.pay_per_success import paid_per_success, score_per_success
from protocols.units import ZERO, Money, WorkerId
from protocols.winner_determination import Win, determine_winners

Shortfall = Literal["refuse", "pay-per-success"]


@dataclass(frozen=True, slots=True)
class DepositVcg:
    """Contingent VCG for workers with limited means (`deposit-vcg`).

    A failing worker owes its pivot and what the score takes away. A worker is *covered* if its
    balance pays for the worst that any bid could lead to: the value of the most valuable lots that
    its capacity allows, plus the stake times ``worst`` for each. Nothing in this sum depends
    on its bids. Covered workers bid as in ``contingent-vcg``. The others are refused, or bid per
    success as in ``pay-per-success``: they score ``q (V - a)`` and are paid ``V - K / q`` on success
    and nothing on failure. Both kinds compete for the same lots.

    Guarantee: the truth is a dominant strategy for covered workers; for the others the true cost
    per success is, where no capacity binds; no worker can end below a balance of zero; the
    coordinator keeps the sum of the pivots less the scores.

    Assumptions: those of both rules.

    Args:
        expected: G of the scoring rule.
        rule: Its name.
        stake: Money b per unit of score.
        worst: The most by which a score can fall short of the expected one, per unit of stake; 1
            for the quadratic and the spherical score.
        shortfall: What becomes of a worker that is not covered.
        deposit: What every worker has deposited when a run begins; the run keeps the balances and
            hands them in with the standings. Without it nothing limits what can be charged.

    Source: limited liability as in Sappington (1983); the rules are those of ``contingent-vcg`` and
    ``pay-per-success``.
    """

    expected: ExpectedScore
    rule: str = "quadratic"
    stake: Money = ZERO
    worst: float = 1.0
    shortfall: Shortfall = "pay-per-success"
    deposit: Money | None = None

    name = "deposit-vcg"
    properties = Properties(
        truthful="dominant",
        elicits=("cost", "probability"),
        individually_rational="interim",
        budget="keeps the pivots less the scores; nobody is charged beyond its balance",
        exact=False,
        assumptions=(
            "risk-neutral workers",
            "private costs and probabilities",
            "outcomes independent given the allocation",
            "the verifier does not err",
            "of uncovered workers only cost per success is elicited, and no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Porter, Ronen, Shoham and Tennenholtz 2008",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Let covered and uncovered workers compete; see the class."""
        strict = ContingentVcg(self.expected, self.rule, self.stake)
        strict_score, score_uncovered = strict.score(standings), score_per_success(standings)
        pay_uncovered = paid_per_success(standings)
        covered = self._covered(announcement, standings)

        def score(lot: Lot, bid: Bid) -> int:
            if bid.worker in covered:
                return strict_score(lot, bid)
            return -1 if self.shortfall == "refuse" else score_uncovered(lot, bid)

        def contract(win: Win) -> Contract:
            return strict.contract(win) if win.bid.worker in covered else pay_uncovered(win)

        solution = determine_winners(announcement, bids, score, seed)
        return solution.allocation(announcement, self.name, contract)

    def _covered(self, announcement: Announcement, standings: Standings) -> set[WorkerId]:
        limits = capacities(announcement)
        values = sorted((lot.value for lot in announcement.lots), reverse=True)
        kinds = {lot.kind for lot in announcement.lots}
        able: set[WorkerId] = set()
        for member in announcement.participants:
            most = values[: limits.get(member.worker, len(values))]
            needed = sum(most) + round(len(most) * self.stake * self.worst)
            balances = [standing_of(standings, member.worker, kind).balance for kind in kinds]
            if all(balance is None or balance >= needed for balance in balances):
                able.add(member.worker)
        return able
