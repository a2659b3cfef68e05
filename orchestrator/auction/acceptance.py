"""Asks a worker whether it takes its award up, before anything is started in its name."""

from functools import partial

from orchestrator.auction.execution import Execution
from orchestrator.foreign import excuse
from orchestrator.market import Limits
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.ledger import owe, purse, spend, spent
from protocols.contract import Transfer
from protocols.decommitment import Lapsed
from protocols.events import Started
from protocols.messages import Award
from protocols.units import ZERO, Money

DECLINED = "the worker declined its award"


async def lapse(execution: Execution) -> Lapsed | None:
    """Return and note how an award lapsed, or ``None`` if its worker takes it up.

    Only workers that confirm are asked, and not on once the award is called off; the bids of the
    others are binding. An award that lapses
    sets free what was held for it and its fallbacks, and may cost the worker a penalty.

    Raises:
        RecordEndsError: In a replay, if the record does not say what the worker answered.
    """
    chronicle, award = execution.market.chronicle, execution.award
    key = f"{award.announcement}\t{award.task}\t{award.worker}"
    recorded = chronicle.recall(f"lapsed\t{key}", Lapsed)
    if recorded is not None:
        reason: str | None = recorded.reason
    elif not execution.worker.confirms or _was_taken_up(chronicle, key):
        return None
    else:
        chronicle.await_input()
        reason = await _ask(execution)
    if reason is None or (recorded is None and execution.called_off is not None):
        return None
    lapsed = Lapsed(
        announcement=award.announcement,
        task=award.task,
        worker=award.worker,
        reason=reason,
        transfers=_transfers(execution),
    )
    chronicle.note(lapsed)
    return lapsed


def penalty(limits: Limits, award: Award) -> Money:
    """Return what the worker of an award owes if it does not take it up."""
    return Money(max(award.pivot, ZERO)) if limits.penalty == "pivot" else ZERO


def _was_taken_up(chronicle: Chronicle, key: str) -> bool:
    return chronicle.recall(f"started\t{key}\t1", Started) is not None


async def _ask(execution: Execution) -> str | None:
    """Return why the award is not taken up, or ``None`` if it is."""
    seconds = execution.market.limits.award_seconds
    try:
        with execution.interruptible(seconds):
            taken = await execution.market.foreign.make(
                execution.worker.name,
                partial(execution.worker.confirm, execution.lot, execution.award),
            )
            return None if taken else DECLINED
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        return excuse("the worker could not take its award up: ", error)
    return f"the award was not taken up within {seconds:g} s"


def _transfers(execution: Execution) -> tuple[Transfer, ...]:
    worker, held = execution.award.worker, execution.reserved
    owed = Money(-penalty(execution.market.limits, execution.award))
    if execution.worker.participant.payable:
        return spend(held, owed, purse(worker), "pay")
    return (*spend(held, ZERO, spent(worker), "bill"), *owe(worker, owed))
