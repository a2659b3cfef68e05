"""The bids on one announcement: asked for, sealed or price by price, until the closing set stands."""

from collections.abc import Mapping

import anyio

from orchestrator.auction.asking import ask
from orchestrator.auction.invitation import Invitation
from orchestrator.auction.rounds import converse
from orchestrator.market import Market
from protocols.contract_net import ContractNet
from protocols.events import BidsClosed
from protocols.messages import Bid, Refusal
from protocols.rounds import clock_rounds
from protocols.units import TaskId, WorkerId
from workers.ports import Bidder


class Bidding:
    """Takes the bids on one announcement.

    Args:
        market: The run that it belongs to.
        net: The announcement and what was said about it.
        invitation: Whom the budget lets us ask.
        called_off: The lots whose tasks are cancelled, with the reason; it grows meanwhile.
    """

    def __init__(
        self,
        market: Market,
        net: ContractNet,
        invitation: Invitation,
        called_off: Mapping[TaskId, str],
    ) -> None:
        self._chronicle = market.chronicle
        self._net = net
        self._foreign = market.foreign
        self._invitation = invitation
        self._called_off = called_off
        self._rounds = clock_rounds(market.mechanism, net.announcement, market.seed)
        self._deadline: anyio.CancelScope | None = None
        name = net.announcement.announcement
        self._recorded = self._chronicle.recall(f"bids-closed\t{name}", BidsClosed)

    async def take(self) -> BidsClosed:
        """Ask for bids, or recall them; return the closing set and note it."""
        net, recorded = self._net, self._recorded
        said = await self._converse()
        if said is None and recorded is not None:
            said = (*recorded.bids, *recorded.refusals)
        if said is None:
            self._chronicle.await_input()
            await ask(net, self._invitation.workers(), self._open(), self._foreign)
        else:
            for answer in said:
                net.receive(answer)
            for task in self._now_off():
                net.cancel(task, self._called_off.get(task, ""))
            net.close_bidding()
        closed = self._closed(net.answers if said is None else said)
        self._chronicle.note(closed)
        return closed

    def call_off(self, task: TaskId, reason: str) -> None:
        """Take no more bids on a lot, unless the past knows how its bidding ended."""
        if self._recorded is not None:
            return
        if self._rounds is None:
            self._net.cancel(task, reason)
        lots = self._net.announcement.lots
        if self._deadline is not None and all(lot.task in self._called_off for lot in lots):
            self._deadline.cancel()

    def _open(self) -> anyio.CancelScope:
        """Return what ends the asking; its deadline is set where workers have to be waited for."""
        self._deadline = anyio.CancelScope()
        return self._deadline

    async def _converse(self) -> tuple[Bid | Refusal, ...] | None:
        """Ask price by price where the mechanism is a clock; ``None`` where it takes sealed bids."""
        if self._rounds is None:
            return None
        call, bidders = self._net.announcement, dict[WorkerId, Bidder]()
        if self._recorded is None:  # nobody is asked again, and no cash is kept for that
            invited = self._invitation.workers()
            bidders = {name: worker.at_clock(call) for name, worker in invited.items()}
        return await converse(
            *(self._rounds, bidders, self._chronicle),
            *(self._called_off, self._open, self._foreign),
        )

    def _now_off(self) -> tuple[TaskId, ...]:
        """Return the lots that were called off before the bidding closed, as announced."""
        if self._recorded is not None:
            return self._recorded.called_off
        lots = self._net.announcement.lots
        return tuple([lot.task for lot in lots if lot.task in self._called_off])

    def _closed(self, answers: tuple[Bid | Refusal, ...]) -> BidsClosed:
        net = self._net
        if self._recorded is not None:
            told = {"bids": net.bids, "refusals": net.refusals}
            return self._recorded.model_copy(update=told)
        return BidsClosed(
            announcement=net.announcement.announcement,
            bids=net.bids,
            refusals=net.refusals,
            rejections=net.rejections,
            not_understood=net.not_understood,
            silent=net.silent,
            called_off=self._now_off(),
            transfers=self._invitation.bill(answers),
        )
