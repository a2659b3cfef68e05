"""The Contract Net against a coordinator that breaks its own rules."""

from collections.abc import Callable

import pytest

from protocols.contract_net import ContractNet
from protocols.errors import ProtocolError
from protocols.mechanism import Allocation
from protocols.messages import (
    Participant,
)
from protocols.moves import LotState
from protocols.units import Money
from tests.protocols.little_market import (
    ANN,
    BOB,
    CYD,
    EVE,
    NAME,
    NOWHERE,
    OLD,
    T0,
    T1,
    allocation,
    announce,
    awarded,
    bid,
    failure,
    refusal,
    states,
)


def _allocate_again(net: ContractNet) -> None:
    net.allocate(allocation())


def _start_nowhere(net: ContractNet) -> None:
    net.start(NOWHERE, ANN)


def _start_another(net: ContractNet) -> None:
    net.start(T0, BOB)


def _settle_unstarted(net: ContractNet) -> None:
    net.settle(T0, ANN, solved=True)


def _ask_after_eve(net: ContractNet) -> None:
    net.participant_state(T0, EVE)


def _settle_unreported(net: ContractNet) -> None:
    net.start(T0, ANN)
    net.settle(T0, ANN, solved=False)


def _settle_failure_as_success(net: ContractNet) -> None:
    net.start(T0, ANN)
    net.receive(failure(T0, ANN))
    net.settle(T0, ANN, solved=True)


def _expire_started(net: ContractNet) -> None:
    net.start(T0, ANN)
    net.expire(T0)


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (ContractNet.close_bidding, "closed already"),
        (_allocate_again, "cannot be allocated"),
        (_start_nowhere, "has no lot 'nowhere'"),
        (_start_another, "not the turn of worker 'bob'"),
        (_settle_unstarted, "has not reported"),
        (_settle_unreported, "has not reported"),
        (_settle_failure_as_success, "reported a failure"),
        (_expire_started, "is executing: no move 'expire'"),
        (_ask_after_eve, "'eve' was not invited to lot 't0'"),
    ],
)
def test_a_move_of_ours_out_of_sequence_raises(
    move: Callable[[ContractNet], None], said: str
) -> None:
    """A coordinator that breaks its own table has a bug, and is told so in its own words."""
    with pytest.raises(ProtocolError, match=said):
        move(awarded(ANN))


@pytest.mark.parametrize(
    "wrong",
    [
        allocation((T0, [EVE])),
        allocation((T0, [CYD])),
        allocation((T0, [ANN, ANN])),
        allocation((T0, [ANN])).model_copy(update={"announcement": OLD}),
        allocation((NOWHERE, [ANN])),
        allocation((T1, [ANN])),
        Allocation(
            announcement=NAME,
            mechanism="test",
            awards=tuple(reversed(allocation((T0, [ANN, BOB])).awards)),
            welfare=Money(0),
        ),
    ],
    ids=["uninvited", "refused", "twice", "old round", "no lot", "silent", "ranks"],
)
def test_an_allocation_that_does_not_fit_changes_nothing(wrong: Allocation) -> None:
    """Awards go to bids of the closing set, each worker once a lot, in the order of the ranks."""
    net = announce()
    net.receive(bid(T0, ANN))
    net.receive(bid(T0, BOB))
    net.receive(refusal(T0, CYD))
    with pytest.raises(ProtocolError):
        net.allocate(allocation((T0, [ANN])))  # the bidding is open
    net.close_bidding()
    before = states(net)
    with pytest.raises(ProtocolError):
        net.allocate(wrong)

    assert states(net) == before
    net.allocate(allocation((T0, [ANN])))
    assert net.lot_state(T0) is LotState.AWARDED


def test_names_are_announced_once() -> None:
    """A lot or a participant named twice is our bug and is found at once."""
    with pytest.raises(ProtocolError, match="twice"):
        announce(tasks=(T0, T0))
    twice = announce().announcement.model_copy(
        update={"participants": (Participant(worker=ANN), Participant(worker=ANN))}
    )
    with pytest.raises(ProtocolError, match="twice"):
        ContractNet(twice)
