"""Withdraws an award that has not been settled: its hold ends, and the agreed price is paid."""

from orchestrator.auction.execution import Ending, Execution
from orchestrator.memory.ledger import owe, purse, spend, spent
from protocols.contract import Transfer
from protocols.decommitment import Withdrawn
from protocols.units import Money


def withdraw(execution: Execution) -> Ending:
    """Note that an award is withdrawn, and return how its lot ends.

    The worker gets what its lot says, whatever it has done so far; what our own worker has cost is
    billed. What was held for the award and its fallbacks is free again.

    Raises:
        RecordEndsError: In a replay, if the record does not know of it.
    """
    award, lot, report = execution.award, execution.lot, execution.report
    recorded = execution.withdrawal
    reason = execution.called_off if recorded is None else recorded.reason
    cut_off = execution.cut_off if recorded is None else recorded.cost
    bill = cut_off if report is None else report.cost
    execution.market.chronicle.note(
        withdrawn := Withdrawn(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            reason=reason or "",
            cost=cut_off,
            owed=lot.withdrawal,
            transfers=execution.hearing.break_off() + _transfers(execution, bill),
        )
    )
    payable = execution.worker.participant.payable
    return Ending(
        lot=lot,
        state="cancelled",
        reason=withdrawn.reason,
        award=award,
        bid=execution.bid,
        report=report,
        spent=execution.with_lost_calls(lot.withdrawal if payable else bill),
        owed=lot.withdrawal,
    )


def _transfers(execution: Execution, bill: Money) -> tuple[Transfer, ...]:
    worker, held, owed = execution.award.worker, execution.reserved, execution.lot.withdrawal
    if execution.worker.participant.payable:
        return spend(held, owed, purse(worker), "compensation")
    return (*spend(held, bill, spent(worker), "bill"), *owe(worker, owed))
