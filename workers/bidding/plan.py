"""A lot as a worker saw it when it was announced; what it bids depends on that alone.

A plan is made once, at a fixed point of the run, and kept until the work has ended. So the money
that is reserved is that of the very requests which are made then, and a run that is played back asks
the same questions whichever of its tasks happen to finish first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from protocols.units import ZERO, Money, WorkerId
from workers.bidding.value import NOBODY, Outlook, Prospect, best, value_of_asking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protocols.messages import Lot
    from scoring.recalibration import Recalibration
    from workers.bidding.experience import Chance
    from workers.bidding.hardness import Features
    from workers.bidding.rule import PaidRule
    from workers.chat import ChatRequest

Basis = Literal["typical", "stated"]
"""From which length of the answer a cost is estimated: the usual one, or what the model said."""


@dataclass(slots=True)
class Plan:
    """A lot as it looked when it was announced, and what came of it since.

    Attributes:
        work: The request that does the work.
        guess: The usual cost of that, not corrected by experience.
        cost: The cost to be expected.
        chance: The chance of success by the record.
        probability: What a bid without a call states.
        correction: What a stated probability deserves.
        stated_ratio: How far costs were off that were estimated from a stated length.
        features: What the hardness is read from; empty where it plays no part.
        rivals: What the colleagues would make of the lot.
        questions: What asking takes; empty where it is never worth its price.
        worst: The most that asking can cost.
        price: What asking is expected to cost.
        later: What the work is expected to cost once it was asked.
        answered: Whether a bid or a refusal was made.
        said: What the model has said, not corrected.
        basis: From which length `guess` and `cost` are estimated.
        charge: What asking has cost.
        answer: The answer, where it was bought with the bid.
        pay: How the award pays; known when the work begins.
    """

    work: ChatRequest
    guess: Money
    cost: Money
    chance: Chance
    probability: float
    correction: Recalibration
    stated_ratio: float = 1.0
    features: Features = field(default_factory=list[tuple[int, float]])
    rivals: Mapping[WorkerId, Outlook] = field(default_factory=dict[WorkerId, Outlook])
    questions: tuple[ChatRequest, ...] = ()
    worst: Money = ZERO
    price: Money = ZERO
    later: Money = ZERO
    answered: bool = False
    said: float | None = None
    basis: Basis = "typical"
    charge: Money = ZERO
    answer: str | None = None
    pay: tuple[str, ...] = ()

    @property
    def ceiling(self) -> Money:
        """The most that bidding can cost."""
        return self.worst if self.questions else ZERO

    def pays(self, rule: PaidRule, lot: Lot, rivals: Iterable[WorkerId] | None) -> bool:
        """Return whether asking can be worth its price, or is to be done anyway."""
        return bool(self.questions) and (not rule.spare or self.gain(lot, rivals) > self.price)

    def gain(self, lot: Lot, rivals: Iterable[WorkerId] | None) -> float:
        """Return the most that asking can add to what the lot brings, in nano-units.

        Args:
            lot: The lot.
            rivals: Who else is asked for bids; ``None`` if that is not known. What is not known of
                a rival is that it makes of the lot anything between nothing and all it is worth.
        """
        anything = Outlook(0.0, float(lot.value))
        others = (
            [anything]
            if rivals is None
            else [
                NOBODY if name in lot.excluded else self.rivals.get(name, anything)
                for name in rivals
            ]
        )
        low, high = self.chance.low, self.chance.high
        prospect = Prospect(lot.value, self.cost, self.later, low, high, best(others))
        return value_of_asking(prospect)
