"""Asks workers for bids until all have answered or the time is over."""

from collections.abc import Mapping
from functools import partial

import anyio

from protocols.contract_net import ContractNet
from protocols.messages import Bid, Refusal
from protocols.units import WorkerId
from workers.ports import Submit, Worker


async def ask(net: ContractNet, workers: Mapping[WorkerId, Worker]) -> None:
    """Collect answers into the net and close its bidding.

    Instant workers are asked in a row; the others at the same time, each in its own task, so that
    a slow one delays nobody. At the deadline all calls are cancelled. What a worker hands in after
    it, while it is being cancelled, is late and turned down by the net.
    """
    announcement = net.announcement
    slow: list[Worker] = []
    over = False
    for participant in announcement.participants:
        worker = workers[participant.worker]
        if worker.instant:
            await _ask_one(net, worker, partial(net.receive, sender=worker.name))
        else:
            slow.append(worker)
    if slow:
        with anyio.move_on_after(announcement.bid_seconds) as deadline:

            def receive(message: Bid | Refusal, sender: WorkerId) -> object:
                nonlocal over
                if deadline.cancel_called and not over:
                    over = True
                    net.close_bidding()
                return net.receive(message, sender)

            async with anyio.create_task_group() as group:
                for worker in slow:
                    submit = partial(receive, sender=worker.name)
                    group.start_soon(_ask_one, net, worker, submit)
    if not over:
        net.close_bidding()


async def _ask_one(net: ContractNet, worker: Worker, submit: Submit) -> None:
    name = worker.name
    try:
        await worker.bid(net.announcement, submit)
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        reason = f"could not bid: {type(error).__name__}: {error}"[:2000]
        announcement = net.announcement.announcement
        for lot in net.announcement.lots:
            if name not in lot.excluded:
                submit(
                    Refusal(announcement=announcement, task=lot.task, worker=name, reason=reason)
                )
