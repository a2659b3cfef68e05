"""Why an allocation is what it is, in words."""

from collections.abc import Iterator

from protocols.contract import Contract
from protocols.mechanism import Allocation
from protocols.messages import Announcement, Award
from protocols.units import WorkerId, units

PIVOTAL = frozenset({"contingent-vcg", "vcg", "vickrey", "share", "min-work"})
"""Mechanisms whose pivots are Clarke pivots of the welfare that the allocation states."""

_UNSOLD: dict[str, str] = {
    "no-bids": "nobody bid on it",
    "above-reserve": "every bid was above the reserve",
    "not-worth-it": "no bid was worth its cost",
    "capacity": "whoever could do it had no room left",
    "budget": "the budget was better spent on others",
}


def explain(announcement: Announcement, allocation: Allocation) -> Iterator[str]:
    """Yield one sentence or two for each lot and each winner, and the welfare at last.

    Amounts are in units of the currency.

    Args:
        announcement: The lots.
        allocation: What a mechanism decided on them.
    """
    unsold = {lot.task: lot.reason for lot in allocation.unsold}
    for lot in announcement.lots:
        awards = [award for award in allocation.awards if award.task == lot.task]
        for award in awards:
            yield _why(award)
            yield f"  It is paid {pay_in_words(award.contract)}."
            if lot.withdrawal:
                yield f"  If the award is withdrawn, it gets {units(lot.withdrawal):f} instead."
        if lot.task in unsold:
            yield f"{lot.task} stays unsold: {_UNSOLD[unsold[lot.task]]}."
    if allocation.mechanism in PIVOTAL:
        for worker in dict.fromkeys(award.worker for award in allocation.awards):
            yield _contribution(allocation, worker)
    yield f"Together the awards score {units(allocation.welfare):f} (W), by {allocation.mechanism}."


def _why(award: Award) -> str:
    place = f"as fallback {award.rank} " if award.rank else ""
    words = f"{award.task} goes {place}to {award.worker} with a score of {units(award.score):f}"
    if award.propensity < 1.0:
        words += f", drawn with a chance of {award.propensity:.4g}"
    if award.tied:
        words += f", tied with {award.runner_up or 'another assignment'}: the seed decided"
    elif award.runner_up is not None:
        words += f"; next would be {award.runner_up}"
    return words + "."


def _contribution(allocation: Allocation, worker: WorkerId) -> str:
    own = [award for award in allocation.awards if award.worker == worker]
    score = sum(award.score for award in own)
    pivot = sum(award.pivot for award in own)
    without = allocation.welfare - score + pivot
    return (
        f"Without {worker} the best would be {units(without):f} (W-i) instead of"
        f" {units(allocation.welfare):f}: its pivot is {units(pivot):f} and it adds"
        f" {units(score - pivot):f}."
    )


def pay_in_words(contract: Contract) -> str:
    """Say what a contract pays.

    >>> from protocols.units import Money
    >>> pay_in_words(Contract(base=Money(-4 * 10**9), per_success=Money(20 * 10**9), report=0.9))
    '20 per success, less 4 whatever happens'
    """
    parts: list[str] = []
    if contract.per_success:
        parts.append(f"{units(contract.per_success):f} per success")
    if contract.cost_share:
        parts.append(f"{contract.cost_share:.4g} of its metered cost")
    if contract.base > 0 or not (parts or contract.base):
        parts.append(f"{units(contract.base):f} whatever happens")
    if contract.score_weight:
        parts.append(
            f"{units(contract.score_weight):f} times its {contract.rule} score for reporting"
            f" {contract.report:g}"
        )
    words = " and ".join(parts)
    if contract.base < 0:
        words += f", less {units(-contract.base):f} whatever happens"
    return words
