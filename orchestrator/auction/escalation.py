"""A sequence of awards whose answers are compared: which is delivered, and which are set aside."""

from collections.abc import Sequence
from operator import itemgetter

from orchestrator.auction.execution import Ending, Execution
from orchestrator.memory.ledger import owe, purse, spend, spent
from protocols.messages import Result
from protocols.stopping import SetAside, credences
from protocols.units import ZERO
from workers.verifiers import normalised


async def choose(execution: Execution) -> Execution | None:
    """Have the work of an award done, and return the award whose answer is to be delivered.

    That is the award itself where answers are not compared, and where there is none to compare: it
    will be carried out, or withdrawn, as any other. Once the best answer in hand is enough, or nobody
    is left to ask, all other answers in hand are set aside.

    Returns:
        The award, or ``None`` if the next award of the sequence is to be carried out first.

    Raises:
        RecordEndsError: In a replay, if the record does not say what comes next.
    """
    stop, hand, rest = execution.award.stop, execution.hand, execution.fallback
    if stop is None:
        return execution
    lost = execution.calls.given_up is not None
    report = None if lost else await execution.work()
    if isinstance(report, Result):
        hand.append(execution)
        best, credence = _best(hand)
        if rest is not None and credence < stop.enough:
            return None
    elif (report is None and not lost) or not hand or (report is not None and rest):
        return execution
    else:
        best, rest = await _end_without_answer(execution), None
    for each in hand:
        each.fallback = None
    best.fallback = rest
    best.before = (*execution.before, *set_aside(hand, besides=best))
    hand.clear()
    return best


async def _end_without_answer(execution: Execution) -> Execution:
    """End the last award, which brought no answer; return the best that is in hand."""
    ending = await execution.carry_out()
    if ending is not None:
        execution.report = ending.report
        execution.before = (*execution.before, ending)
    return _best(execution.hand)[0]


def _best(hand: Sequence[Execution]) -> tuple[Execution, float]:
    """Return the answer that is likeliest to be right, and how likely; the first of equals."""
    answers: list[tuple[str, float]] = []
    for each in hand:
        if each.award.stop is not None and isinstance(each.report, Result):
            forecast = each.award.stop.read(each.report.confidence)
            answers.append((normalised(each.report.answer), forecast))
    stop = hand[0].award.stop
    found = credences(answers, None if stop is None else stop.coincidence)
    place, credence = max(enumerate(found), key=itemgetter(1))
    return hand[place], credence


def set_aside(hand: Sequence[Execution], besides: Execution | None = None) -> list[Ending]:
    """Book answers that are not delivered: their bills, and what their contracts pay anyway."""
    return [_set_aside(each) for each in hand if each is not besides]


def _set_aside(execution: Execution) -> Ending:
    award, report, payable = execution.award, execution.report, execution.payable
    assert report is not None  # noqa: S101 - what is in hand was reported
    cost = min(report.cost, execution.bid.most) if payable else report.cost
    payment = award.contract.pay(0.0, cost, 0.0)
    if payable:
        paid, transfers = payment, spend(execution.held, payment, purse(award.worker), "pay")
    else:
        bill = spend(execution.held, cost, spent(award.worker), "bill")
        paid, transfers = cost, (*bill, *owe(award.worker, payment))
    execution.market.chronicle.note(
        SetAside(
            announcement=award.announcement,
            task=award.task,
            worker=award.worker,
            cost=cost,
            payment=payment,
            transfers=execution.hearing.close(ZERO) + transfers,
        )
    )
    return Ending(
        lot=execution.lot,
        state="unsettled",
        reason="another answer is delivered",
        award=award,
        bid=execution.bid,
        report=report,
        spent=execution.with_lost_calls(paid),
    )
