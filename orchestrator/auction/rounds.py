"""Asks workers at a clock auction price by price, and records every round."""

from collections.abc import Callable, Container, Mapping

import anyio

from orchestrator.auction.asking import ask
from orchestrator.leash import ForeignCalls
from orchestrator.memory.chronicle import Chronicle
from protocols.contract_net import ContractNet
from protocols.events import RoundClosed
from protocols.messages import Bid, Refusal
from protocols.rounds import ClockRounds
from protocols.units import TaskId, WorkerId
from workers.ports import Bidder


async def converse(
    rounds: ClockRounds,
    bidders: Mapping[WorkerId, Bidder],
    chronicle: Chronicle,
    called_off: Container[TaskId],
    deadline: Callable[[], anyio.CancelScope],
    foreign: ForeignCalls,
) -> tuple[Bid | Refusal, ...]:
    """Run the clocks until each has stopped and return what the answers come to.

    Rounds of the past are recalled and not asked again, so a conversation that was broken off goes
    on at the price that it had reached.

    Args:
        rounds: The clocks.
        bidders: Who answers in the name of each worker; who is not among them stays silent.
        chronicle: Where the rounds are recorded.
        called_off: The lots whose clocks stop; they may become more meanwhile.
        deadline: Gives each round the scope that ends it.
        foreign: Makes the calls that may take time.

    Raises:
        RecordEndsError: In a replay, if the record does not say how a round was answered.
    """
    while (announcement := rounds.announcement) is not None:
        closed = chronicle.recall(rounds.close((), ()).key, RoundClosed)
        if closed is None:
            chronicle.await_input()
            lots = tuple(lot for lot in announcement.lots if lot.task not in called_off)
            net = ContractNet(announcement.model_copy(update={"lots": lots}))
            if lots:
                await ask(net, bidders, deadline(), foreign)
            closed = rounds.close(net.bids, net.refusals, called_off)
        chronicle.note(closed)
        rounds.take(closed)
    return rounds.answers
