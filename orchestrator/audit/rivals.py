"""Rules for choosing a worker that are in use elsewhere, as mechanisms, to be audited next to ours.

Each is one way to rank bids and one way to pay the winner, lot by lot. None is offered for runs:
the audit shows why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, Unsold, tie_ranks
from protocols.messages import Announcement, Award, Bid, Lot
from protocols.units import Money

Ranking = Callable[[Lot, Bid], float]
Paying = Callable[[Lot, Bid, Bid | None], Contract]


@dataclass(frozen=True, slots=True)
class Rival:
    """The best bid of each lot wins and is paid by a formula; lots and capacities do not interact.

    Attributes:
        name: The word that audits use for it.
        label: What it does, in words.
        rank: What is best; a bid that ranks at or below ``least`` is not taken.
        pay: The contract of the winner, given the runner-up if there is one.
        least: See ``rank``.
    """

    name: str
    label: str
    rank: Ranking
    pay: Paying
    least: float = float("-inf")

    @property
    def properties(self) -> Properties:
        """It promises nothing."""
        return Properties(
            truthful="no",
            elicits=(),
            individually_rational="no",
            budget="nothing is promised",
            exact=False,
            assumptions=(),
            source=self.label,
        )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Give each lot to the bid that ranks first."""
        del standings
        ties = tie_ranks(seed, announcement, (each.worker for each in announcement.participants))
        by_task: dict[str, list[Bid]] = {}
        for bid in bids:
            by_task.setdefault(bid.task, []).append(bid)
        awards: list[Award] = []
        unsold: list[Unsold] = []
        for lot in announcement.lots:
            ranked = sorted(
                by_task.get(lot.task, ()), key=lambda bid: (-self.rank(lot, bid), ties[bid.worker])
            )
            if not ranked or self.rank(lot, ranked[0]) <= self.least:
                unsold.append(Unsold(task=lot.task, reason="not-worth-it" if ranked else "no-bids"))
                continue
            awards.append(self._award(announcement, lot, ranked))
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(awards),
            unsold=tuple(unsold),
            welfare=Money(0),
        )

    def _award(self, announcement: Announcement, lot: Lot, ranked: Sequence[Bid]) -> Award:
        winner, second = ranked[0], ranked[1] if len(ranked) > 1 else None
        return Award(
            announcement=announcement.announcement,
            task=lot.task,
            worker=winner.worker,
            contract=self.pay(lot, winner, second),
            score=Money(0),
            pivot=Money(0),
            runner_up=None if second is None else second.worker,
        )


def _own_cost(lot: Lot, winner: Bid, second: Bid | None) -> Contract:
    del lot, second
    return Contract(base=winner.cost, report=winner.probability)


def _second_risk(lot: Lot, winner: Bid, second: Bid | None) -> Contract:
    """Pay what the winner could have asked for and still have won."""
    if second is None or second.probability <= 0:
        return Contract(base=lot.reserve, report=winner.probability)
    price = round(second.cost / second.probability * winner.probability)
    return Contract(base=Money(min(price, lot.reserve)), report=winner.probability)


def _penalised(lot: Lot, winner: Bid, second: Bid | None) -> Contract:
    """Pay the stated cost; take a penalty off for a failure that was said to be unlikely."""
    del second
    penalty = round(lot.value * max(0.0, winner.probability - 0.5))
    return Contract(
        base=Money(winner.cost - penalty), per_success=Money(penalty), report=winner.probability
    )


def _stated_value(lot: Lot, bid: Bid) -> float:
    return lot.value * bid.probability - bid.cost


RIVALS: Final = {
    rival.name: rival
    for rival in (
        Rival(
            "highest-confidence",
            "the highest stated confidence wins, paid its stated cost",
            lambda lot, bid: bid.probability,
            _own_cost,
        ),
        Rival(
            "confidence-per-cost",
            "the highest confidence per unit of cost wins, paid its stated cost",
            lambda lot, bid: bid.probability / max(bid.cost, 1),
            _own_cost,
        ),
        Rival(
            "stated-value-penalty",
            "the highest stated value less cost wins, paid its stated cost; a failure costs it a"
            " penalty that grows linearly with its stated confidence above one half",
            _stated_value,
            _penalised,
            0.0,
        ),
        Rival(
            "risk-adjusted-second",
            "the lowest cost per stated confidence wins, paid as if it asked what the second asks",
            lambda lot, bid: -bid.cost / max(bid.probability, 1e-9),
            _second_risk,
        ),
    )
}
"""Configuration name -> rule."""
