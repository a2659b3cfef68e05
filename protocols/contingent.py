"""The strict joint rule: cost and chance of success are both best reported as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from protocols.bundle_auction import BundleAuction
from protocols.bundles import BundleBid
from protocols.contract import Contract
from protocols.correction import corrected
from protocols.mechanism import Allocation, Properties, Standing, Standings, standing_of
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import ScoreOf
from protocols.sized_auction import determine_sized
from protocols.units import ZERO, Money, Probability, TaskId, WorkerId
from protocols.winner_determination import Win, determine_winners

ExpectedScore = Callable[[float], float]
"""G(p), what a worker that reports its true probability p can expect of a proper scoring rule."""

Forecast = Literal["raw", "recalibrated"]


@dataclass(frozen=True, slots=True)
class ContingentVcg:
    """Execution-contingent VCG with a calibration stake (`contingent-vcg`).

    The score of a bid is ``V p - c + b G(p)``: the value it is expected to produce, less its cost,
    plus the expected score of an honest report at stake b. The allocation with the largest sum of
    scores wins, and a winner is paid

        ``V x + b S(p, x) - K``        x: verified success, S: the rule, K: its Clarke pivot

    so on failure it owes K less its score. A worker with several lots owes one K for all of them,
    shared among its contracts in proportion to their scores: no lot costs it more than the lot is
    worth, and the parts add up to K exactly.

    Guarantee: the truth about cost and probability is a dominant strategy; with b > 0 a wrong
    probability p' of an award that is won costs b (p' - p)^2 under the quadratic rule, and more
    than nothing under any strictly proper one; taking part pays in expectation; the coordinator
    keeps the sum of all ``K - b S(p, x)``, which is never negative where S is at most 0, as the
    quadratic and the logarithmic score are. All of it to within two nano-units per award.

    Assumptions: workers are risk-neutral and know their own cost and probability, which depend on
    nobody else's; outcomes are independent of each other given the allocation; cost is spent
    whether or not the work succeeds; the verifier does not err (else read p as the probability
    that it accepts); a failing worker can be charged; nobody bids under two names or colludes.
    The reserve plays no part: rejecting by cost alone would reward a wrong mix of cost and chance.

    With ``forecast="recalibrated"`` the winners are found with each report corrected by the
    worker's track record, while the contract keeps the raw report. A worker whose correction is
    not the identity can then gain by reporting what the correction maps to its true probability:
    truth in the probability holds up to that map. Meant for workers that you run yourself.

    Args:
        expected: G of the scoring rule, bounded on [0, 1].
        rule: The name of that rule.
        stake: Money b per unit of score; 0 is plain execution-contingent VCG.
        forecast: Whether the report decides as it is or corrected by the track record.

    Source: Porter, Ronen, Shoham and Tennenholtz (2008); the stake inside the ranking
    makes the elicitation of p strict, by the convexity of G (Gneiting and Raftery 2007, theorem 1).
    """

    expected: ExpectedScore
    rule: str = "quadratic"
    stake: Money = ZERO
    forecast: Forecast = "raw"

    name = "contingent-vcg"

    @property
    def properties(self) -> Properties:
        """What it promises with these settings."""
        return Properties(
            truthful="dominant" if self.forecast == "raw" else "no",
            elicits=("cost", "probability"),
            individually_rational="interim",
            budget="keeps the pivots less the scores: no loss where the scores are at most 0",
            exact=True,
            assumptions=(
                "risk-neutral workers",
                "private costs and probabilities",
                "outcomes independent given the allocation",
                "the verifier does not err",
                "a failing worker can be charged",
                "no collusion, one name per worker",
            ),
            source="Porter, Ronen, Shoham and Tennenholtz 2008",
        )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Give each lot to the bid that is worth most, all lots together; see the class."""
        solution = determine_winners(announcement, bids, self.score(standings), seed)
        return solution.allocation(announcement, self.name, self.contract)

    def clear_bundles(
        self, announcement: Announcement, bids: Sequence[BundleBid], seed: int, *, exclusive: bool
    ) -> Allocation:
        """Clear bundles by the same rule: scores and pivots are those of the bundles.

        An honest worker bids on every bundle that it could do; with an XOR of bundles it can state
        any costs. What makes a winner pay is one pivot, shared among its tasks by their values.
        """
        auction = BundleAuction(
            self.name, self._worth(), _value, self._paid, "not-worth-it", exclusive
        )
        return auction.clear(announcement, bids, seed)

    def clear_sized(
        self,
        announcement: Announcement,
        bids: Sequence[Bid],
        standings: Standings,
        seed: int,
        sizes: Mapping[tuple[TaskId, WorkerId], int],
    ) -> Allocation:
        """Clear lots that take up different parts of a capacity by the same rule."""
        score = self.score(standings)
        solution = determine_sized(announcement, bids, score, seed, sizes, "not-worth-it")
        return solution.allocation(announcement, self.name, self.contract)

    def contract(self, win: Win) -> Contract:
        """Return what a winner is paid: the value on success and its score, less its pivot."""
        return self._paid(win.lot, win.bid.probability, Money(win.pivot))

    def _paid(self, lot: Lot, report: Probability, pivot: Money) -> Contract:
        return Contract(
            base=Money(-pivot),
            per_success=lot.value,
            score_weight=self.stake,
            rule=self.rule,
            report=report,
        )

    def _worth(self) -> Callable[[Lot, Probability], int]:
        """Return the function ``V p + b G(p)`` in nano-units."""
        expected, stake = self.expected, self.stake

        def worth(lot: Lot, chance: Probability) -> int:
            honest = round(stake * expected(chance)) if stake else 0
            return round(lot.value * chance) + honest

        return worth

    def score(self, standings: Standings) -> ScoreOf:
        """Return the function that scores a bid, ``V p - c + b G(p)`` in nano-units."""
        worth = self._worth()

        def raw(lot: Lot, bid: Bid) -> int:
            return worth(lot, bid.probability) - bid.cost

        def recalibrated(lot: Lot, bid: Bid) -> int:
            standing = standing_of(standings, bid.worker, lot.kind)
            return worth(lot, recalibrate(bid.probability, standing)) - bid.cost

        return raw if self.forecast == "raw" else recalibrated


def _value(lot: Lot) -> int:
    return lot.value


def recalibrate(report: float, standing: Standing) -> float:
    """Correct a reported probability by the worker's track record.

    >>> recalibrate(0.9, Standing(slope=0.5))
    0.75
    """
    return corrected(report, standing.slope, standing.intercept)
