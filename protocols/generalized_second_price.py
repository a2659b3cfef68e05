"""The generalised second-price auction, a baseline known from sponsored search."""

from collections.abc import Sequence

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standing, Standings, tie_ranks
from protocols.messages import Announcement, Bid, Lot
from protocols.offers import capacities, ranked_offers
from protocols.units import Money, TaskId, WorkerId
from protocols.winner_determination import Win, conclude

_UNKNOWN = Standing()


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

        def quality(lot: Lot, bid: Bid) -> float:
            return standings.get((bid.worker, lot.kind), _UNKNOWN).quality

        def score(lot: Lot, bid: Bid) -> int:
            if not bid.probability or not quality(lot, bid):
                return -1
            return round(quality(lot, bid) * (lot.value - bid.cost / bid.probability))

        def contract(win: Win) -> Contract:
            price = win.lot.value - round(win.pivot / quality(win.lot, win.bid))
            return Contract(per_success=Money(price), report=win.bid.probability)

        offers = ranked_offers(announcement, bids, score, seed)
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        for row in offers.values():
            # workers without room step back, so every place may come to count
            row.sort(key=lambda offer: (-offer[0], ranks[offer[1].worker]))
        wins = _fill(announcement, offers)
        solution = conclude(announcement, bids, offers, wins, "not-worth-it")
        return solution.allocation(announcement, self.name, contract)


def _fill(announcement: Announcement, offers: dict[TaskId, list[tuple[int, Bid]]]) -> list[Win]:
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
