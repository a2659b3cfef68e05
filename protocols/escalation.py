"""Escalation: buy answers one by one, the most promising worker first, until one is sure enough."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.contract import Contract
from protocols.mechanism import (
    Allocation,
    Properties,
    Standings,
    Unsold,
    UnsoldReason,
    standing_of,
    tie_ranks,
)
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.offers import refuse_overload
from protocols.stopping import Stopping
from protocols.units import ZERO, Money
from protocols.weitzman import Prizes, expected_best, reservation_value

PRIOR_WEIGHT = 4.0
"""For how many answers the hope counts that a worker knows for sure, before it has given any.

After n answers it counts for ``4 * 4 / (4 + n)``: a share that falls with the square of n, since any
hope left would have every worker asked where much is at stake.
"""


class Box(NamedTuple):
    """One worker as a closed box.

    Attributes:
        bid: Its bid; the cost is what opening costs.
        reading: How what it states is read.
        prizes: What its answer may be worth: the value times the forecast.
        sigma: Its reservation value.
    """

    bid: Bid
    reading: Stopping
    prizes: Prizes
    sigma: float


class Escalation:
    """Pandora's rule over paid answers (`escalation`).

    Each worker is a box: to open it is to have the work done, which costs the cost of its bid, and
    shows an answer with a confidence. The prize is the value of the lot times the forecast that the
    confidence deserves by the worker's record. How such forecasts are spread is learned from the
    answers that were bought before; in the beginning the worker is taken to know for sure how it has
    done, which is optimistic and has it tried. Boxes are opened in the descending order of their
    reservation values; when the best answer in hand is worth as much as the next of them, it is
    delivered and verified, and the others are set aside.

    Each answer that is bought is paid its metered cost, and the delivered one a bonus if it succeeds.

    Guarantee: if the forecasts of different workers are independent of each other and mean what they
    say, and costs are as bid, no order and no stopping rule expects more value less cost (Weitzman
    1979; the argument is in `protocols.weitzman`). A worker never gets less than its metered cost.

    What it does not have: truthfulness. A worker that bids a lower cost, or states a higher
    confidence, is called and delivered more often, and what it states decides alone until the record
    corrects it. It is for workers that you run yourself. Forecasts of models are not independent
    either: a question that is hard for one is hard for others. Where answers are compared
    (``coincidence``), what is in hand is judged jointly, while the next box is still judged alone.

    Args:
        bonus: What the delivered answer earns on success.
        coincidence: How likely two wrong answers are the same; ``None`` compares no answers.
        most: The most answers that are bought for a lot; ``None`` is no limit.
    """

    name = "escalation"
    forecast = "recalibrated"
    confidences = True
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="ex-post",
        budget="pays the metered cost of every answer that is bought, and the bonus on success",
        exact=True,
        assumptions=(
            "workers that you run yourself",
            "forecasts independent of each other",
            "costs as bid",
            "no capacity binds",
        ),
        source="Weitzman 1979",
        room="lots",
    )

    def __init__(
        self, bonus: Money = ZERO, coincidence: float | None = None, most: int | None = None
    ) -> None:
        self._bonus, self._coincidence, self._most = bonus, coincidence, most

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Give every lot its sequence of workers and the rule by which it is walked.

        A worker that asks for more than the reserve, or whose reservation value is not above 0, is
        left out.

        Raises:
            MechanismError: If a worker would stand in more sequences than its capacity.
        """
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        awards: list[Award] = []
        unsold: list[Unsold] = []
        welfare = 0
        for lot in announcement.lots:
            offers = [bid for bid in bids if bid.task == lot.task]
            fitting = [bid for bid in offers if bid.cost <= lot.reserve]
            boxes = [self.box(lot, bid, standings) for bid in fitting]
            order = sorted(
                (box for box in boxes if box.sigma > 0.0),
                key=lambda box: (-box.sigma, ranks[box.bid.worker]),
            )[: self._most]
            awards += self._awards(announcement, lot, order)
            welfare += round(expected_best((box.prizes, box.bid.cost) for box in order))
            if not order:
                found: UnsoldReason = "not-worth-it" if fitting else "above-reserve"
                unsold.append(Unsold(task=lot.task, reason=found if offers else "no-bids"))
        refuse_overload(announcement, (award.worker for award in awards))
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards),
            unsold=tuple(unsold),
            welfare=Money(welfare),
        )

    def box(self, lot: Lot, bid: Bid, standings: Standings) -> Box:
        """Return a bid as a box, by what is known of its worker at the kind of the lot."""
        standing = standing_of(standings, bid.worker, lot.kind)
        reading = Stopping(
            slope=standing.slope,
            intercept=standing.intercept,
            forecast=bid.probability,
            enough=0.0,
            coincidence=self._coincidence,
        )
        prizes = [
            (lot.value * reading.read(confidence), float(count))
            for confidence, count in standing.confidences
        ]
        known = sum(count for _, count in prizes)
        hope = PRIOR_WEIGHT * PRIOR_WEIGHT / (PRIOR_WEIGHT + known)
        hopes = ((float(lot.value), bid.probability), (0.0, 1.0 - bid.probability))
        prizes += [(prize, hope * chance) for prize, chance in hopes if chance > 0.0]
        return Box(bid, reading, prizes, reservation_value(prizes, bid.cost))

    def _awards(self, announcement: Announcement, lot: Lot, order: Sequence[Box]) -> list[Award]:
        """Write the sequence down: each award says from which forecast on the next one is spared."""
        following = [*order[1:], None][: len(order)]
        return [
            Award(
                announcement=announcement.announcement,
                task=lot.task,
                worker=box.bid.worker,
                contract=Contract(
                    cost_share=1.0, per_success=self._bonus, report=box.bid.probability
                ),
                rank=rank,
                score=Money(round(box.sigma)),
                pivot=ZERO,
                runner_up=None if after is None else after.bid.worker,
                tied=after is not None and after.sigma == box.sigma,
                stop=box.reading.model_copy(
                    update={"enough": 0.0 if after is None else after.sigma / lot.value}
                ),
            )
            for rank, (box, after) in enumerate(zip(order, following, strict=True))
        ]
