"""Pay per success: for workers that cannot be charged when they fail."""

from collections.abc import Callable, Sequence
from math import inf

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, standing_of
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import ScoreOf
from protocols.units import Money
from protocols.winner_determination import Win, determine_separately


class PayPerSuccess:
    """A second-price auction of prices per success (`pay-per-success`).

    A bid asks ``a = cost / probability`` per success: what makes the worker even on average. With q
    the coordinator's own estimate of the worker's quality, from settled work and not from the bid,
    the largest ``q (V - a)`` wins and is paid ``V - s / q`` per success, where s is the second
    largest score or 0. A failure is paid nothing and owes nothing.

    Guarantee: the true a is a dominant strategy; an honest worker never loses in expectation; the
    coordinator never pays more for a success than its value. The allocation is the best one only
    where the estimates q are right; no probability is elicited, since only the ratio counts. Where
    all q are equal it is the second-price auction per success.

    Assumptions: risk-neutral workers; q does not depend on the bids of this auction; no capacity
    binds; no collusion, one name per worker. Rounding moves the price by at most 1/q nano-units.

    Source: the generalised Vickrey rule with bidder weights, as in Edelman, Ostrovsky and Schwarz
    (2007), for one slot and turned to procurement.
    """

    name = "pay-per-success"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="interim",
        budget="a success costs at most its value, a failure nothing",
        exact=False,
        assumptions=(
            "risk-neutral workers",
            "the quality estimate does not depend on the bids",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Vickrey 1961 with bidder weights",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every lot alone; see the class.

        Raises:
            MechanismError: If a capacity binds.
        """
        score = score_per_success(standings)
        solution = determine_separately(announcement, bids, score, seed)
        return solution.allocation(announcement, self.name, paid_per_success(standings))


def score_per_success(standings: Standings) -> ScoreOf:
    """Return the function that scores a bid by ``q (V - a)``, -1 where no success can be had."""

    def score(lot: Lot, bid: Bid) -> int:
        quality = standing_of(standings, bid.worker, lot.kind).quality
        ask = bid.cost / bid.probability if bid.probability else inf
        return round(quality * (lot.value - ask)) if quality and ask < inf else -1

    return score


def paid_per_success(standings: Standings) -> Callable[[Win], Contract]:
    """Return the function that pays ``V - K / q`` on success and nothing on failure."""

    def contract(win: Win) -> Contract:
        quality = standing_of(standings, win.bid.worker, win.lot.kind).quality
        price = win.lot.value - round(win.pivot / quality)
        return Contract(per_success=Money(price), report=win.bid.probability)

    return contract
