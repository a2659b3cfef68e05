"""What work on a task came to, as numbers that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from protocols.contract import Contract
    from protocols.messages import Lot
    from protocols.units import Money


class Measures(NamedTuple):
    """What the work on a task came to; money in nano-units.

    Attributes:
        solved: 1 where it counts as solved, else 0; between them in expectation.
        value: The value times the verified success, where it counts as solved.
        cost: The metered cost of the work.
        paid: What contracts paid, less what workers owed.
    """

    solved: float = 0.0
    value: float = 0.0
    cost: float = 0.0
    paid: float = 0.0

    @property
    def surplus(self) -> float:
        """What is left to the coordinator: value less pay."""
        return self.value - self.paid

    @property
    def welfare(self) -> float:
        """What is left to all together: value less cost."""
        return self.value - self.cost

    def plus(self, other: Measures) -> Measures:
        """Return the sum, field by field."""
        mine, others = tuple(self), tuple(other)
        return Measures(*(a + b for a, b in zip(mine, others, strict=True)))


NOTHING: Final = Measures()


def payment(contract: Contract, success: float, cost: Money) -> float:
    """Return what a contract pays for an outcome, or in expectation over one of this chance.

    Contracts and scores are linear in the success, so the two are the same formula.
    """
    score = 0.0
    if contract.score_weight:
        score = SCORING_RULES[contract.rule].score(contract.report, success)
    return contract.pay(success, cost, score)


def measured(
    lot: Lot, contract: Contract, success: float, cost: Money, solved_at: float
) -> Measures:
    """Return what one carried out award came to."""
    solved = success >= solved_at
    value = round(lot.value * success) if solved else 0
    return Measures(float(solved), value, cost, payment(contract, success, cost))


def expected(lot: Lot, contract: Contract, chance: float, cost: Money) -> Measures:
    """Return what an award comes to in expectation, if its work succeeds with this chance."""
    return Measures(chance, lot.value * chance, cost, payment(contract, chance, cost))
