"""What would have become of a worker's awards, had it reported something else.

Every announcement of a journal is cleared again by the mechanism of the run with the probabilities
of one worker replaced; everything else, later announcements included, stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestrator.evaluation.decided import opening, own_mechanism
from orchestrator.evaluation.known import decided
from orchestrator.evaluation.totals import amount
from protocols.errors import MechanismError
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evaluation.decided import Held
    from orchestrator.memory.record import Record
    from protocols.contract import Contract
    from protocols.mechanism import Standings
    from protocols.messages import Award, Bid
    from protocols.units import Money, WorkerId

    Rates = Mapping[str, float]

MOST_CLEARINGS: Final = 4_000
"""So many announcements times workers are cleared again; of a longer run the first ones."""


@dataclass(slots=True)
class Counterfactual:
    """What a worker would have got, had it reported its realised success rates.

    Attributes:
        announcements: How many announcements were cleared again.
        awards: The awards that it had in them.
        lost: Awards that it would not have had.
        gained: Awards that it would have had instead.
        profit: Its profit from the awards that it had and whose outcome is known.
        honest_profit: Its profit from those of them that it would have kept, at the payments of the
            honest report.
        expected: What the gained awards would have been worth at its rates and stated costs.
    """

    announcements: int = 0
    awards: int = 0
    lost: int = 0
    gained: int = 0
    profit: int = 0
    honest_profit: int = 0
    expected: int = 0

    @property
    def loss(self) -> int:
        """What the misreport cost it, in nano-units; negative where it gained."""
        return self.honest_profit + self.expected - self.profit

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "announcements": self.announcements,
            "awards": self.awards,
            "lost": self.lost,
            "gained": self.gained,
            "profit": amount(self.profit),
            "honest_profit": amount(self.honest_profit),
            "expected_from_gained": amount(self.expected),
            "loss": amount(self.loss),
        }


def pay(contract: Contract, report: float, success: float, cost: Money) -> Money:
    """Return what a contract pays for an outcome, had its report been this one."""
    return contract.pay(success, cost, SCORING_RULES[contract.rule].score(report, success))


def counterfactuals(
    record: Record, rates: Mapping[WorkerId, Rates]
) -> dict[WorkerId, Counterfactual]:
    """Clear the announcements of a journal again, with honest reports of one worker at a time.

    Args:
        record: The journal.
        rates: For each worker asked about its success rate by kind of task, which takes the place
            of what it reported; at other kinds its reports stay.

    Returns:
        What would have become of each worker; nothing where the mechanism was given in code, is
        unknown to this version, or decides by what is stated with the answers and not by the
        bids. An announcement that the mechanism cannot clear with the other reports is left out,
        and so are copies of tasks: what those are paid hangs on the answers of peers.

    Raises:
        JournalError: If the journal cannot be read.
    """
    opened = opening(record)
    mechanism = own_mechanism(opened)
    if mechanism is None or getattr(mechanism, "confidences", False):
        return {}
    found = {worker: Counterfactual() for worker in rates}
    left = MOST_CLEARINGS
    for held, standings in decided(record):
        bidders = {bid.worker for bid in held.bids} & rates.keys()
        left -= len(bidders)
        if left < 0:
            break
        for worker in bidders:
            bids = _honest(held, worker, rates[worker])
            believed = _believed(standings, worker) if rates[worker] else standings
            try:
                allocation = mechanism.clear(held.announcement, bids, believed, opened.seed)
            except MechanismError:
                continue
            _compare(found[worker], held, worker, allocation.awards, rates[worker])
    return found


def _honest(held: Held, worker: WorkerId, rates: Rates) -> list[Bid]:
    def honest(bid: Bid) -> Bid:
        if bid.worker != worker:
            return bid
        rate = rates.get(kinds[bid.task], bid.probability)
        return bid.model_copy(update={"probability": rate})

    kinds = held.kinds
    return [honest(bid) for bid in held.bids]


def _believed(standings: Standings, worker: WorkerId) -> Standings:
    """Return the standings with reports of this worker taken as they are: honest ones need no map."""
    as_it_is = {"slope": 1.0, "intercept": 0.0}
    return {
        key: standing.model_copy(update=as_it_is) if key[0] == worker else standing
        for key, standing in standings.items()
    }


def _compare(
    found: Counterfactual,
    held: Held,
    worker: WorkerId,
    awards: Sequence[Award],
    rates: Rates,
) -> None:
    """Add up how the awards of a worker differ."""
    alone = {lot.task for lot in held.announcement.lots if lot.group is None}
    had = {award.task for award in held.awards if award.worker == worker} & alone
    has = {
        award.task: award.contract
        for award in awards
        if award.worker == worker and award.task in alone
    }
    stated = {bid.task: bid.cost for bid in held.bids if bid.worker == worker}
    kinds = held.kinds
    found.announcements += 1
    found.awards += len(had)
    found.lost += len(had - has.keys())
    found.gained += len(has.keys() - had)
    for task in had:
        if (done := held.settlement(task, worker)) is None:
            continue
        found.profit += done.payment - done.cost
        if task in has:
            paid = pay(has[task], has[task].report, done.success, done.cost)
            found.honest_profit += paid - done.cost
    for task in has.keys() - had:
        rate = rates.get(kinds[task], has[task].report)
        found.expected += pay(has[task], has[task].report, rate, stated[task]) - stated[task]
