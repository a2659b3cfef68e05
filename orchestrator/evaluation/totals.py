"""What one worker did and got, in sums that do not depend on the order of events."""

from dataclasses import dataclass, field
from typing import Any

from protocols.units import WorkerId, units

_FINE = 10**12


@dataclass(slots=True)
class Mean:
    """A mean of numbers that does not depend on their order: each counts to twelve decimals."""

    count: int = 0
    total: int = 0

    def add(self, value: float) -> None:
        """Take one more number in."""
        self.count += 1
        self.total += round(value * _FINE)

    @property
    def value(self) -> float | None:
        """The mean, or ``None`` of nothing."""
        return self.total / _FINE / self.count if self.count else None


@dataclass(slots=True)
class WorkerTotals:
    """What one worker did and got.

    Attributes:
        bids: Bids that counted.
        refusals: Lots that it declined.
        awards: Awards that it was called for.
        withdrawn: Awards that were withdrawn from it.
        solved: Settled awards whose success was enough for the task to count as solved.
        report: The probability that it reported, over its awards.
        success: The verified success, over its settled awards.
        brier: ``(x - p)^2`` over its settled awards: the Brier score, where lower is better.
        score: Its score by the rule of its contracts, over its settled awards; higher is better.
        paid: What its contracts paid it; negative where it owes.
        compensation: What it got for withdrawn awards, less what it owes for those that it did not
            take up.
        cost: The metered cost of its work, settled or not.
        settled_cost: The metered cost of its settled work, answers that were set aside included.
        cash: The cash that left the treasury for it: bills, bids and pay.
    """

    worker: WorkerId
    payable: bool
    bids: int = 0
    refusals: int = 0
    awards: int = 0
    withdrawn: int = 0
    solved: int = 0
    report: Mean = field(default_factory=Mean)
    success: Mean = field(default_factory=Mean)
    brier: Mean = field(default_factory=Mean)
    score: Mean = field(default_factory=Mean)
    paid: int = 0
    compensation: int = 0
    cost: int = 0
    settled_cost: int = 0
    cash: int = 0

    @property
    def profit(self) -> int:
        """What it was paid and compensated, less the cost of its work, in nano-units."""
        return self.paid + self.compensation - self.cost

    def to_data(self) -> dict[str, Any]:
        """Return the totals as plain data."""
        return {
            "worker": self.worker,
            "payable": self.payable,
            "bids": self.bids,
            "refusals": self.refusals,
            "awards": self.awards,
            "withdrawn": self.withdrawn,
            "settled": self.success.count,
            "solved": self.solved,
            "mean_report": self.report.value,
            "success_rate": self.success.value,
            "brier_score_lower_is_better": self.brier.value,
            "mean_score": self.score.value,
            "paid": amount(self.paid),
            "compensation": amount(self.compensation),
            "cost": amount(self.cost),
            "profit": amount(self.profit),
            "cash": amount(self.cash),
        }


def amount(nano: int) -> dict[str, str | int]:
    """Return money as plain data: decimal units for people, nano-units for programs.

    >>> amount(1)
    {'units': '0.000000001', 'nano': 1}
    """
    return {"units": f"{units(nano):f}", "nano": nano}
