"""Asks workers for bids until all have answered or the time is over."""

from collections.abc import Mapping
from functools import partial

import anyio

from orchestrator.foreign import checked, excuse
from orchestrator.leash import ForeignCall, ForeignCalls
from protocols.contract_net import ContractNet
from protocols.messages import Bid, Refusal
from protocols.units import WorkerId
from workers.ports import Bidder, Submit


async def ask(
    net: ContractNet,
    workers: Mapping[WorkerId, Bidder],
    deadline: anyio.CancelScope,
    foreign: ForeignCalls,
) -> None:
    """Collect answers into the net and close its bidding.

    Instant workers are asked in a row; the others at the same time, each in its own task, so that
    a slow one delays nobody. At the deadline all calls are cancelled. What a worker hands in after
    it, while it is being cancelled, is late and turned down by the net. Who does not end then is not
    waited for.

    Args:
        net: The announcement.
        workers: Whom to ask; a participant that is not among them stays silent.
        deadline: A new scope; who cancels it ends the asking before its time.
        foreign: Makes the calls that may take time.
    """
    slow: list[Bidder] = []
    over = False

    def close_bidding() -> None:
        nonlocal over
        if not over:
            over = True
            net.close_bidding()

    def taking(sender: WorkerId) -> Submit:
        def submit(message: Bid | Refusal) -> object:
            if deadline.cancel_called:
                close_bidding()
            return net.receive(checked(message), sender)

        return submit

    for participant in net.announcement.participants:
        worker = workers.get(participant.worker)
        if worker is None or worker.name in foreign.stuck:
            continue
        if worker.instant:
            await _ask_one(net, worker, taking(worker.name))
        else:
            slow.append(worker)
    if slow:
        deadline.deadline = anyio.current_time() + net.announcement.bid_seconds
        with deadline:
            await foreign.make_all(
                [
                    ForeignCall(worker.name, partial(_ask_one, net, worker, taking(worker.name)))
                    for worker in slow
                ]
            )
    close_bidding()


async def _ask_one(net: ContractNet, worker: Bidder, submit: Submit) -> None:
    """Ask one worker; if it raises, it refuses what is left, and asking counts as billed in full."""
    try:
        await worker.bid(net.announcement, submit)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
        for lot in net.announcement.lots:
            if worker.name not in lot.excluded:
                submit(
                    Refusal(
                        announcement=net.announcement.announcement,
                        task=lot.task,
                        worker=worker.name,
                        charge=worker.bid_ceiling(lot),
                        reason=excuse("could not bid: ", error),
                    )
                )
