"""Nine designs that look truthful and are not: the tests of honesty must reject every one.

Each comes with an instance and the worker that gains by lying. Amounts are whole, so the gain is
no rounding. Some designs come in two forms, which makes the fixtures more than nine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import prod

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

UNIT = 640
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


CONFIDENT = 0.9


def confident_enough(lot: Lot, bid: Bid) -> int:
    """3. Admit reports of 0.9 and more, then buy the cheapest at the second price."""
    return lot.reserve - bid.cost if bid.probability >= CONFIDENT else -1


def second_price(win: Win) -> Contract:
    """Pay the second price whatever happens."""
    return Contract(base=Money(win.lot.reserve - win.pivot), report=win.bid.probability)


@dataclass(frozen=True)
class ConfidentTeam:
    """3, again. The cheapest team whose reports reach 0.9 together, at Clarke payments on cost.

    The lots are attempts at one task, and every worker bids on the one that is its own.
    """

    name: str = "confident-team"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear by the threshold; a worker without whom no team reaches it is paid its reserve."""
        reserve = announcement.lots[0].reserve
        team = self.cheapest(bids)
        total = sum(bid.cost for bid in team)
        chosen: list[tuple[Bid, Contract]] = []
        for bid in team:
            others = self.cheapest([other for other in bids if other.worker != bid.worker])
            without = sum(other.cost for other in others) if others else reserve
            price = Money(without - (total - bid.cost))
            chosen.append((bid, Contract(base=price, report=bid.probability)))
        return award(self.name, announcement, chosen)

    def cheapest(self, bids: Sequence[Bid]) -> tuple[Bid, ...]:
        """Return the cheapest team that reaches the threshold; among equals the first."""
        teams = (team for size in range(1, len(bids) + 1) for team in combinations(bids, size))
        sure = (
            team
            for team in teams
            if 1 - prod(1 - bid.probability for bid in team) >= CONFIDENT - 1e-9
        )
        return min(sure, key=lambda team: sum(bid.cost for bid in team), default=())


def score_on_the_side(weight: int) -> Callable[[Win], Contract]:
    """4. The first design with 1/2 - (x - p)^2 added, as if that could hold the report down."""

    def contract(win: Win) -> Contract:
        paid = paid_on_reports(win)
        half = Money(paid.base + weight * UNIT // 2)
        return paid.model_copy(update={"base": half, "score_weight": Money(weight * UNIT)})

    return contract


def score_beside_the_ranking(win: Win) -> Contract:
    """4, again. Contingent VCG with a quadratic score that the ranking knows nothing of."""
    return Contract(
        base=Money(-win.pivot),
        per_success=win.lot.value,
        score_weight=Money(5 * UNIT),
        report=win.bid.probability,
    )


@dataclass(frozen=True)
class ChanceBreaksTies:
    """5. A posted price makes everybody equal who covers its cost; the most confident wins."""

    price: Money
    name: str = "chance-breaks-ties"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Pay the price, whatever happens, to the willing worker with the highest report."""
        willing = [bid for bid in bids if bid.cost <= self.price]
        best = sorted(willing, key=lambda bid: -bid.probability)[:1]
        paid = [(bid, Contract(base=self.price, report=bid.probability)) for bid in best]
        return award(self.name, announcement, paid)


@dataclass(frozen=True)
class ChanceSchedules:
    """5, again. Everybody willing is tried until a success, at one price, the confident first."""

    price: Money
    name: str = "chance-schedules"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Order the willing by their reports; whoever succeeds is paid the price."""
        order = sorted(bids, key=lambda bid: -bid.probability)
        paid = [(bid, Contract(per_success=self.price, report=bid.probability)) for bid in order]
        return award(self.name, announcement, paid)


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
    """9. Sell the highest pair at the next best bid on that lot, and repeat.

    Among equal pairs the one with the higher price goes first, as in QuantEcon's "Multiple good
    allocation mechanisms", which takes the rule for one of Groves and Clarke.
    """

    name: str = "greedy-next-value"
    properties: Properties = CLAIM

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear pair by pair."""
        reserves = {lot.task: lot.reserve for lot in announcement.lots}
        chosen: list[tuple[Bid, Contract]] = []
        rest: list[Bid] = list(bids)

        def price(best: Bid) -> int:
            rivals = [bid.cost for bid in rest if bid.task == best.task and bid != best]
            return min([*rivals, reserves[best.task]])

        while rest:
            best = min(rest, key=lambda bid: (bid.cost - reserves[bid.task], price(bid)))
            contract = Contract(base=Money(price(best)), report=best.probability)
            chosen.append((best, contract))
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
    """A design, the instance that shows what is wrong, and the worker that gains by a lie.

    Attributes:
        mechanism: The design.
        instance: The announcement and the honest bids.
        earns: What the liar earns by the truth, in units of these instances.
        gains: The most that it gains by a lie about cost in whole units and chance in eighths.
        liar: Its name.
        score: The scoring rule that the design pays by.
        right: The name of the mechanism that should have been used.
    """

    mechanism: Mechanism
    instance: Auction
    earns: float
    gains: float
    liar: str = "w"
    score: ScoreRule = field(default=no_score)
    right: str = "contingent-vcg"


# V = 10, c = 3, p = 1/2 against a rival whose score is 1
_PAIR = auction([10 * UNIT], {"w": [(3 * UNIT, 0.5)], "rival": [(4 * UNIT, 0.5)]})
_THREE = auction(
    [10 * UNIT],
    {"w": [(3 * UNIT, 0.5)], "b": [(2 * UNIT, 0.5)], "c": [(6 * UNIT, 0.5)]},
)
_DOUBTFUL = auction([10 * UNIT], {"w": [(1 * UNIT, 0.5)], "b": [(4 * UNIT, 1.0)]})
_TIED = auction([10 * UNIT], {"w": [(3 * UNIT, 0.5)], "b": [(4 * UNIT, 0.75)]})
_WEAK = auction([10 * UNIT], {"w": [(4 * UNIT, 0.5)]})
_TWO_TASKS = auction(
    [10 * UNIT] * 2,
    {
        "w": [(1 * UNIT, 1.0), (2 * UNIT, 1.0)],
        "b": [(2 * UNIT, 1.0), (8 * UNIT, 1.0)],
        "c": [(9 * UNIT, 1.0), (9 * UNIT, 1.0)],
    },
    limits={"w": 1, "b": 1, "c": 1},
)

TEAM = auction(
    [10 * UNIT] * 4,
    {
        "user-1": [(3 * UNIT, 0.7), None, None, None],
        "user-2": [None, (2 * UNIT, 0.7), None, None],
        "user-3": [None, None, (1 * UNIT, 0.5), None],
        "user-4": [None, None, None, (4 * UNIT, 0.8)],
    },
)
"""The published instance against thresholds: users 1 and 2 reach 0.91 at a cost of 5 (Zheng, Yang, Wu
and Chen 2017)."""

HOUSES = ((10, 9, 8, 7, 6), (9, 9, 7, 6, 6), (8, 6, 6, 9, 4), (7, 5, 6, 4, 9))
"""What five buyers would give for four houses, in QuantEcon's "Multiple good allocation mechanisms"."""


def houses() -> Auction:
    """Return the houses as lots of value 10, each buyer's cost being 10 less what it would give."""
    offers = {
        f"buyer-{buyer}": [((10 - row[buyer]) * UNIT, 1.0) for row in HOUSES] for buyer in range(5)
    }
    return auction([10 * UNIT] * 4, offers, limits=dict.fromkeys(offers, 1))


def designs() -> Iterator[tuple[str, WrongDesign]]:
    """Yield each wrong design with its flaw."""
    yield "paid on reports", WrongDesign(Paid(expected_value, paid_on_reports), _PAIR, 1, 5)
    yield (
        "price from the own report",
        WrongDesign(Paid(expected_value, price_from_own_report), _PAIR, 1, 0.5),
    )
    yield (
        "confidence threshold",
        WrongDesign(Paid(confident_enough, second_price), _DOUBTFUL, 0, 3),
    )
    yield (
        "confidence threshold of a team",
        WrongDesign(ConfidentTeam(), TEAM, 0, 4, liar="user-3", right="joint-value"),
    )
    yield (
        "score on the side",
        WrongDesign(
            Paid(expected_value, score_on_the_side(25)), _PAIR, 7.25, 0.9375, score=quadratic
        ),
    )
    yield (
        "score beside the ranking",
        WrongDesign(
            Paid(expected_value, score_beside_the_ranking), _WEAK, -0.25, 0.25, score=quadratic
        ),
    )
    price = Money(6 * UNIT)
    yield "chance breaks ties", WrongDesign(ChanceBreaksTies(price), _TIED, 0, 3)
    yield (
        "chance schedules the attempts",
        WrongDesign(ChanceSchedules(Money(8 * UNIT)), _TIED, 0.25, 0.75),
    )
    yield "greedy pivots", WrongDesign(GreedyPivots(), _TWO_TASKS, 2, 5)
    yield "fallback at the old price", WrongDesign(OldPriceFallback(), _THREE, 0, 1)
    yield "reserve from the own bid", WrongDesign(LearnedReserve(), _DOUBTFUL, 1, 2)
    yield "greedy next value", WrongDesign(GreedyNextValue(), _TWO_TASKS, 1, 6)


WRONG_DESIGNS = dict(designs())
"""Each wrong design by its flaw."""
