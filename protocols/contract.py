"""What an award pays: one row of numbers that a reader can check by hand, and the booked result."""

from typing import Annotated, Literal

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import (
    LARGEST,
    Amount,
    AnnouncementId,
    Balance,
    Money,
    Name,
    Probability,
    TaskId,
    WorkerId,
)

Book = Literal["cash", "credit"]
"""Cash leaves your pocket; credit is what the mechanism owes workers that you run yourself."""


Purpose = Literal["fund", "hold", "release", "bill", "pay", "reward", "penalty", "compensation"]
"""Why money moves; the flows are drawn in the ledger."""


Account = Annotated[str, Field(min_length=1, max_length=220)]
"""The name of an account: a word, or a word and the name of a worker."""


class Contract(Frozen):
    """A payment rule as data: every mechanism pays by a row of this shape.

    ``pay(x) = base + per_success * x + cost_share * metered cost + score_weight * S(report, x)``

    with x in [0, 1] the verified success and S a proper scoring rule, oriented so that higher is
    better. Pay-as-bid, Vickrey, execution-contingent VCG and the strict joint rule differ only in
    the numbers.

    Attributes:
        base: Paid whatever happens; negative where the worker owes its pivot.
        per_success: Paid for each unit of success.
        cost_share: The share of the metered cost that is refunded.
        score_weight: The calibration stake: money per unit of score.
        rule: The name of the scoring rule.
        report: The probability that the worker reported; always the raw report.

    >>> Contract(base=Money(-4), per_success=Money(20), report=0.9).pay(1.0, Money(7), 0.0)
    16
    """

    base: Balance = Money(0)
    per_success: Balance = Money(0)
    cost_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    score_weight: Amount = Money(0)
    rule: Name = "quadratic"
    report: Probability

    def pay(self, success: float, cost: Money, score: float) -> Money:
        """Return the payment to the worker in nano-units; may be negative.

        Each term is rounded by itself, half to even, so a payment is off by two nano-units at most.

        Args:
            success: The verified success, in [0, 1].
            cost: The metered cost of the work.
            score: ``S(report, success)`` by the contract's rule; higher is better.
        """
        return Money(
            self.base
            + round(self.per_success * success)
            + (round(self.cost_share * cost) if self.cost_share else 0)
            + (round(self.score_weight * score) if self.score_weight else 0)
        )


class Transfer(Frozen):
    """Money moved from one account to another within one book.

    Attributes:
        book: Which of the two books.
        source: The account that gives.
        target: The account that gets.
        amount: How much; always positive. Holds for whole batches are sums of many amounts.
        purpose: Why, in one word of a fixed list.
    """

    book: Book
    source: Account
    target: Account
    amount: Annotated[Money, Field(gt=0, le=4_000 * LARGEST)]
    purpose: Purpose


class Settlement(Frozen):
    """The end of one award: what was scored and what is owed for it.

    Attributes:
        success: The verified success.
        score: ``S(report, success)``; higher is better.
        payment: What the contract pays; negative where the worker owes.
        cost: The metered cost of the work.
    """

    announcement: AnnouncementId
    task: TaskId
    worker: WorkerId
    success: Probability
    score: float
    payment: Balance
    cost: Amount
