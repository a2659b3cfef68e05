"""Nine auctions that look truthful and are not: the tests of honesty must reject every one.

Each comes with an instance and the worker that gains by lying. Amounts are whole, so the gain is
no rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from protocols.contract import Contract
from protocols.mechanism import Allocation, Mechanism, Properties, Standings
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.properties import ScoreRule, no_score
from protocols.units import Money, TaskId, WorkerId
from protocols.winner_determination import Win, determine_winners
from tests.protocols.auctions import Auction, auction, quadratic

CLAIM = Properties(
    truthful="dominant",
    elicits=("cost", "probability"),
    individually_rational="interim",
    budget="",
    exact=True,
    assumptions=(),
    source="a wrong design",
)

_UNIT = 640
"""One unit of money in these instances: enough nano-units that nothing needs rounding."""

Scored = Callable[[Lot, Bid], int]


def expected_value(lot: Lot, bid: Bid) -> int:
    """Return V p - c."""
    return round(lot.value * bid.probability) - bid.cost


def by_cost(lot: Lot, bid: Bid) -> int:
    """Return reserve - c."""
    return lot.reserve - bid.cost


@dataclass(frozen=True)
class Paid:
    """Picks winners by a score and pays by a contract of its own."""

    score: Scored
    contract: Callable[[Win], Contract]
    name: str = "wrong"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear by the score."""
        solution = determine_winners(announcement, bids, self.score, seed)
        return solution.allocation(announcement, self.name, self.contract)


def paid_on_reports(win: Win) -> Contract:
    """1. Pay V p' - H whatever happens: the report itself raises the pay."""
    claimed = round(win.lot.value * win.bid.probability)
    return Contract(base=Money(claimed - win.pivot), report=win.bid.probability)


def price_from_own_report(win: Win) -> Contract:
    """2. Pay (V p' - H) / p' on success: raising p' raises the price."""
    report = win.bid.probability
    price = round((win.lot.value * report - win.pivot) / report) if report else 0
    return Contract(per_success=Money(price), report=report)


def confident_enough(lot: Lot, bid: Bid) -> int:
    """3. Admit reports of 0.9 and more, then buy the cheapest."""
    return lot.reserve - bid.cost if bid.probability >= 0.875 else -1


def second_price(win: Win) -> Contract:
    """Pay the second price whatever happens."""
    return Contract(base=Money(win.lot.reserve - win.pivot), report=win.bid.probability)


def score_on_the_side(win: Win) -> Contract:
    """4. The first design with a quadratic score added, as if that could hold the report down."""
    claimed = round(win.lot.value * win.bid.probability)
    return Contract(
        base=Money(claimed - win.pivot),
        score_weight=Money(25 * _UNIT),
        report=win.bid.probability,
    )


def score_beside_the_ranking(win: Win) -> Contract:
    """4, again. Contingent VCG with a quadratic score that the ranking knows nothing of."""
    return Contract(
        base=Money(-win.pivot),
        per_success=win.lot.value,
        score_weight=Money(5 * _UNIT),
        report=win.bid.probability,
    )


def chance_breaks_ties(lot: Lot, bid: Bid) -> int:
    """5. Costs compare in steps of five; within a step the more confident wins."""
    return (lot.reserve - bid.cost) // (5 * _UNIT) * 100 + round(99 * bid.probability)


def step_of_the_second(win: Win) -> Contract:
    """Pay the price step of the runner-up."""
    price = win.lot.reserve - win.pivot // 100 * 5 * _UNIT
    return Contract(base=Money(price), report=win.bid.probability)


@dataclass(frozen=True)
class GreedyPivots:
    """6. Clarke payments on a greedy allocation: take the best pair that still fits, and repeat."""

    name: str = "greedy-pivots"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear by the greedy allocation."""
        won = self.greedy(announcement, bids)
        total = sum(won.values())
        return award(
            self.name,
            announcement,
            [
                (
                    bid,
                    Contract(
                        base=Money(
                            bid.cost + total - self._without(announcement, bids, bid.worker)
                        ),
                        report=bid.probability,
                    ),
                )
                for bid in bids
                if (bid.task, bid.worker) in won
            ],
        )

    def _without(self, announcement: Announcement, bids: Sequence[Bid], worker: WorkerId) -> int:
        others = [bid for bid in bids if bid.worker != worker]
        return sum(self.greedy(announcement, others).values())

    def greedy(
        self, announcement: Announcement, bids: Sequence[Bid]
    ) -> dict[tuple[TaskId, WorkerId], int]:
        """Return the pairs that win with what each saves; one task per worker."""
        reserves = {lot.task: lot.reserve for lot in announcement.lots}
        won: dict[tuple[TaskId, WorkerId], int] = {}
        for bid in sorted(bids, key=lambda bid: bid.cost - reserves[bid.task]):
            taken = any(bid.task == task or bid.worker == worker for task, worker in won)
            if not taken and bid.cost <= reserves[bid.task]:
                won[bid.task, bid.worker] = reserves[bid.task] - bid.cost
        return won


@dataclass(frozen=True)
class OldPriceFallback:
    """7. When the winner fails, the second bidder steps in at the same price: its own bid."""

    name: str = "old-price-fallback"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear each lot alone, with the runner-up as the fallback."""
        chosen: list[tuple[Bid, Contract]] = []
        for lot in announcement.lots:
            row = sorted((bid for bid in bids if bid.task == lot.task), key=lambda bid: bid.cost)
            price = row[1].cost if len(row) > 1 else lot.reserve
            chosen += [(bid, Contract(base=price, report=bid.probability)) for bid in row[:2]]
        return award(self.name, announcement, chosen)


@dataclass(frozen=True)
class LearnedReserve:
    """8. Pay min(second price, twice the winner's own bid): the reserve learns from the bid."""

    name: str = "learned-reserve"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear each lot alone."""

        def capped(win: Win) -> Contract:
            price = min(win.lot.reserve - win.pivot, 2 * win.bid.cost)
            return Contract(base=Money(price), report=win.bid.probability)

        solution = determine_winners(announcement, bids, by_cost, seed)
        return solution.allocation(announcement, self.name, capped)


@dataclass(frozen=True)
class GreedyNextValue:
    """9. Sell the highest pair, pay the next best bid on that lot, and repeat."""

    name: str = "greedy-next-value"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear pair by pair."""
        reserves = {lot.task: lot.reserve for lot in announcement.lots}
        chosen: list[tuple[Bid, Contract]] = []
        rest: list[Bid] = list(bids)
        while rest:
            best = max(rest, key=lambda bid: reserves[bid.task] - bid.cost)
            rivals = [bid.cost for bid in rest if bid.task == best.task and bid != best]
            price = min([*rivals, reserves[best.task]])
            chosen.append((best, Contract(base=Money(price), report=best.probability)))
            rest = [bid for bid in rest if bid.task != best.task and bid.worker != best.worker]
        return award(self.name, announcement, chosen)


def award(
    name: str, announcement: Announcement, chosen: Sequence[tuple[Bid, Contract]]
) -> Allocation:
    """Award bids under contracts; a second award of a task is its fallback."""
    seen: list[TaskId] = []
    awards: list[Award] = []
    for bid, contract in chosen:
        awards.append(
            Award(
                announcement=announcement.announcement,
                task=bid.task,
                worker=bid.worker,
                contract=contract,
                rank=seen.count(bid.task),
                score=Money(0),
                pivot=Money(0),
            )
        )
        seen.append(bid.task)
    return Allocation(
        announcement=announcement.announcement,
        mechanism=name,
        awards=tuple(awards),
        welfare=Money(0),
    )


@dataclass(frozen=True)
class WrongDesign:
    """A design, the instance that shows what is wrong, and the worker that gains by a lie."""

    mechanism: Mechanism
    instance: Auction
    liar: str = "w"
    score: ScoreRule = field(default=no_score)


# V = 10, c = 3, p = 1/2 against a rival whose score is 1
_PAIR = auction([10 * _UNIT], {"w": [(3 * _UNIT, 0.5)], "rival": [(4 * _UNIT, 0.5)]})
_THREE = auction(
    [10 * _UNIT],
    {"w": [(3 * _UNIT, 0.5)], "b": [(2 * _UNIT, 0.5)], "c": [(6 * _UNIT, 0.5)]},
)
_DOUBTFUL = auction([10 * _UNIT], {"w": [(1 * _UNIT, 0.5)], "b": [(4 * _UNIT, 1.0)]})
_TIED = auction([10 * _UNIT], {"w": [(3 * _UNIT, 0.5)], "b": [(4 * _UNIT, 0.75)]})
_WEAK = auction([10 * _UNIT], {"w": [(4 * _UNIT, 0.5)]})
_TWO_TASKS = auction(
    [10 * _UNIT] * 2,
    {
        "w": [(1 * _UNIT, 1.0), (2 * _UNIT, 1.0)],
        "b": [(2 * _UNIT, 1.0), (8 * _UNIT, 1.0)],
        "c": [(9 * _UNIT, 1.0), (9 * _UNIT, 1.0)],
    },
    limits={"w": 1, "b": 1, "c": 1},
)

WRONG_DESIGNS = {
    "paid on reports": WrongDesign(Paid(expected_value, paid_on_reports), _PAIR),
    "price from the own report": WrongDesign(Paid(expected_value, price_from_own_report), _PAIR),
    "confidence threshold": WrongDesign(Paid(confident_enough, second_price), _DOUBTFUL),
    "score on the side": WrongDesign(
        Paid(expected_value, score_on_the_side), _PAIR, score=quadratic
    ),
    "score beside the ranking": WrongDesign(
        Paid(expected_value, score_beside_the_ranking), _WEAK, score=quadratic
    ),
    "chance breaks ties": WrongDesign(Paid(chance_breaks_ties, step_of_the_second), _TIED),
    "greedy pivots": WrongDesign(GreedyPivots(), _TWO_TASKS),
    "fallback at the old price": WrongDesign(OldPriceFallback(), _THREE),
    "reserve from the own bid": WrongDesign(LearnedReserve(), _DOUBTFUL),
    "greedy next value": WrongDesign(GreedyNextValue(), _TWO_TASKS),
}
"""Each wrong design by its flaw."""
