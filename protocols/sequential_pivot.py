"""The sequential pivot: try one worker after the other until a success."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, Unsold, UnsoldReason, tie_ranks
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.offers import refuse_overload
from protocols.units import Money


class Step(NamedTuple):
    """One worker of a sequence.

    Attributes:
        bid: Its bid.
        rest: The value of the sequence that follows it: W without it, once it is its turn.
    """

    bid: Bid
    rest: float


class SequentialPivot:
    """Fallbacks in the best order, each paid for its contribution (`sequential-pivot`).

    The workers are called in ascending order of cost per success, ``c / p``, until one succeeds;
    those with ``p V <= c`` are left out. This order has the largest expected welfare. The worker
    whose turn it is is paid ``V - W(rest)`` on success and nothing on failure, W(rest) being the
    expected welfare of the workers after it.

    Guarantee: no payment is ever negative and nobody needs a deposit. A worker's expected utility
    is its marginal contribution at its turn, so the truth is a best reply whenever the reported
    probabilities of the others are true (periodic ex-post equilibrium; not dominant: a rival that
    overstates its chance lowers the price). An honest worker never loses in expectation.

    Assumptions: outcomes are independent; retries are worth their time; risk-neutral workers;
    private values; the verifier does not err; no worker appears in more lots than its capacity.

    Source: the dynamic pivot mechanism of Bergemann and Valimaki (2010), specialised to
    one task with retries; the order is that of Weitzman (1979) for two-point prizes.
    """

    name = "sequential-pivot"
    properties = Properties(
        truthful="ex-post",
        elicits=("cost", "probability"),
        individually_rational="interim",
        budget="a success costs at most its value, a failure nothing",
        exact=True,
        assumptions=(
            "risk-neutral workers",
            "private costs and probabilities",
            "independent outcomes",
            "the verifier does not err",
            "no capacity binds",
        ),
        source="Bergemann and Valimaki 2010",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Give every lot its sequence of workers; see the class.

        Raises:
            MechanismError: If a worker would stand in more sequences than its capacity.
        """
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        awards: list[Award] = []
        unsold: list[Unsold] = []
        welfare = 0
        for lot in announcement.lots:
            offers = [bid for bid in bids if bid.task == lot.task]
            steps = sequence(lot, sorted(offers, key=lambda bid: ranks[bid.worker]))
            awards += _awards(announcement, lot, steps)
            if steps:
                welfare += round(_worth(lot, steps[0].bid, steps[0].rest))
            else:
                reason: UnsoldReason = "not-worth-it" if offers else "no-bids"
                unsold.append(Unsold(task=lot.task, reason=reason))
        refuse_overload(announcement, (award.worker for award in awards))
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards),
            unsold=tuple(unsold),
            welfare=Money(welfare),
        )


def sequence(lot: Lot, bids: Sequence[Bid]) -> list[Step]:
    """Return the best order of calling, with the welfare that is left after each call.

    Equal ratios keep the order in which the bids are given.
    """
    worth = [bid for bid in bids if bid.probability * lot.value > bid.cost]
    order = sorted(worth, key=lambda bid: bid.cost / bid.probability)
    steps: list[Step] = []
    rest = 0.0
    for bid in reversed(order):
        steps.append(Step(bid, rest))
        rest = _worth(lot, bid, rest)
    return steps[::-1]


def _worth(lot: Lot, bid: Bid, rest: float) -> float:
    """Return the welfare of calling a worker, and the rest after it if it fails."""
    return bid.probability * lot.value - bid.cost + (1.0 - bid.probability) * rest


def _awards(announcement: Announcement, lot: Lot, steps: Sequence[Step]) -> list[Award]:
    names = [step.bid.worker for step in steps]
    return [
        Award(
            announcement=announcement.announcement,
            task=lot.task,
            worker=step.bid.worker,
            contract=Contract(
                per_success=Money(lot.value - round(step.rest)), report=step.bid.probability
            ),
            rank=rank,
            score=Money(round(step.bid.probability * lot.value) - step.bid.cost),
            pivot=Money(round(step.bid.probability * step.rest)),
            runner_up=names[rank + 1] if rank + 1 < len(names) else None,
        )
        for rank, step in enumerate(steps)
    ]
