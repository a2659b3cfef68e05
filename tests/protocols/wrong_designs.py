"""Nine designs that look truthful and are not; some in two forms, so the classes are more than nine.

``wrong_design_cases`` has an instance for each, on which a worker gains by lying.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.units import Money, TaskId, WorkerId
from protocols.winner_determination import Win, determine_winners

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
