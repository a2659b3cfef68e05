"""The generalised second-price auction, a baseline known from sponsored search."""

from collections.abc import Sequence

from protocols.mechanism import Allocation, Properties, Standings, tie_ranks
from protocols.messages import Announcement, Bid
from protocols.offers import Offer, capacities, ranked_offers
from protocols.pay_per_success import paid_per_success, score_per_success
from protocols.units import TaskId, WorkerId
from protocols.winner_determination import Win, conclude


class GeneralizedSecondPrice:
    """Lots in order of value, each to the best bid of the workers that have room (`gsp`).

    The lots are the slots: the most valuable one goes first. The best of the workers that still
    have room (one lot each, unless a capacity says otherwise) by ``q (V - a)``, with ``a = cost /
    probability`` its ask per success and q the coordinator's estimate of its quality, wins and is
    paid ``V - s / q`` per success, s being the next score on that lot.

    Guarantee: the coordinator never pays more for a success than its value. Not truthful with
    several lots: losing a contested lot to win the next one cheaply may pay more. A baseline only.

    Source: Edelman, Ostrovsky and Schwarz (2007), turned to procurement.
    """

    name = "gsp"
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="interim",
        budget="a success costs at most its value, a failure nothing",
        exact=False,
        assumptions=("risk-neutral workers",),
        source="Edelman, Ostrovsky and Schwarz 2007",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Fill the lots from the most valuable one down; see the class."""
        offers = ranked_offers(announcement, bids, score_per_success(standings), seed)
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        for row in offers.values():
            # workers without room step back, so every place may come to count
            row.sort(key=lambda offer: (-offer[0], ranks[offer[1].worker]))
        wins = _fill(announcement, offers)
        solution = conclude(announcement, bids, offers, wins, "not-worth-it")
        return solution.allocation(announcement, self.name, paid_per_success(standings))


def _fill(announcement: Announcement, offers: dict[TaskId, list[Offer]]) -> list[Win]:
    room: dict[WorkerId, int] = dict(capacities(announcement))
    won: dict[TaskId, Win] = {}
    for lot in sorted(announcement.lots, key=lambda lot: -lot.value):
        row = [offer for offer in offers[lot.task] if room.get(offer[1].worker, 1) > 0]
        if row:
            worth, bid = row[0]
            second, rival = (row[1][0], row[1][1].worker) if len(row) > 1 else (0, None)
            won[lot.task] = Win(
                lot, bid, worth, second, rival, rival is not None and worth == second
            )
            room[bid.worker] = room.get(bid.worker, 1) - 1
    return [won[lot.task] for lot in announcement.lots if lot.task in won]
