"""Clock auctions as an iterated Contract Net."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.clock import Dutch, English
from protocols.contract_net import ContractNet
from protocols.events import RoundClosed
from protocols.messages import Announcement, Bid, Refusal
from protocols.rounds import ClockRounds, clock_rounds
from protocols.units import Money, TaskId, WorkerId
from protocols.vcg import Vcg
from tests.protocols.auctions import NAME, Auction, auction, auctions

STEPS = st.sampled_from([32, 64, 100, 1_000])
CLOCKS = st.sampled_from([English, Dutch])


def answered(call: Announcement, bids: list[Bid], *, charge: int = 0) -> ContractNet:
    """Return a round in which everybody accepts the prices that cover the costs of its bids."""
    net = ContractNet(call)
    for lot in call.lots:
        for bid in bids:
            if bid.task == lot.task and bid.worker not in lot.excluded:
                accepts = bid.cost <= lot.reserve
                answer = (
                    bid if accepts else Refusal(announcement=NAME, task=bid.task, worker=bid.worker)
                )
                told = {"announcement": call.announcement, "charge": Money(charge)}
                net.receive(answer.model_copy(update=told))
    net.close_bidding()
    return net


def held(rounds: ClockRounds, bids: list[Bid], *, charge: int = 0) -> list[RoundClosed]:
    """Carry a conversation to its end and return its rounds."""
    record: list[RoundClosed] = []
    while (call := rounds.announcement) is not None:
        net = answered(call, bids, charge=charge)
        record.append(rounds.close(net.bids, net.refusals))
        rounds.take(record[-1])
    return record


@settings(max_examples=150)
@given(auctions(lots=3, workers=4, limited=False), CLOCKS, STEPS, st.integers(0, 3))
def test_a_conversation_ends_in_the_contracts_of_sealed_bids(
    drawn: Auction, rule: type[English] | type[Dutch], step: int, seed: int
) -> None:
    """Who accepts the prices that cover its costs is awarded the same as by a sealed bid of them."""
    announcement, bids = drawn
    clock = rule(Money(step), rounds=True)
    rounds = ClockRounds(announcement, clock, seed)
    held(rounds, bids)
    revealed = [answer for answer in rounds.answers if isinstance(answer, Bid)]

    asked = clock.clear(announcement, revealed, {}, seed).awards
    sealed = clock.clear(announcement, bids, {}, seed).awards

    assert [(one.task, one.worker, one.contract) for one in asked] == [
        (one.task, one.worker, one.contract) for one in sealed
    ]


@settings(max_examples=50)
@given(auctions(lots=2, workers=3, limited=False), CLOCKS, STEPS)
def test_a_recorded_conversation_goes_on_where_it_stood(
    drawn: Auction, rule: type[English] | type[Dutch], step: int
) -> None:
    """Taking recorded rounds leads to the same next price and to the same answers."""
    announcement, bids = drawn
    clock = rule(Money(step), rounds=True)
    first = ClockRounds(announcement, clock, 0)
    record = held(first, bids)
    again = ClockRounds(announcement, clock, 0)
    for closed in record[: len(record) // 2]:
        again.take(closed)

    assert held(again, bids) == record[len(record) // 2 :]
    assert again.answers == first.answers


def test_each_round_is_an_announcement_at_a_price() -> None:
    """The reserve is the price, who is out is excluded, and the parent is what is auctioned."""
    announcement, bids = auction([20], {"a": [(3, 1.0)], "b": [(7, 1.0)], "c": [(15, 1.0)]})
    rounds = ClockRounds(announcement, English(Money(4)), 0)
    calls: list[Announcement] = []
    while (call := rounds.announcement) is not None:
        calls.append(call)
        net = answered(call, bids)
        rounds.take(rounds.close(net.bids, net.refusals))

    assert [call.announcement for call in calls] == ["a1.1", "a1.2", "a1.3", "a1.4", "a1.5"]
    assert [call.lots[0].reserve for call in calls] == [20, 16, 12, 8, 4]
    assert [call.lots[0].excluded for call in calls] == [(), (), (), ("c",), ("c",)]
    assert {call.lots[0].parent for call in calls} == {"a1"}


def test_nobody_says_more_than_the_price_that_it_accepted() -> None:
    """The winner stays at the price at which its last rival left; its true cost stays its own."""
    announcement, bids = auction([20], {"a": [(3, 1.0)], "b": [(7, 1.0)]})
    rounds = ClockRounds(announcement, English(Money(4)), 0)
    held(rounds, bids)

    assert {answer.worker: answer.cost for answer in rounds.answers if isinstance(answer, Bid)} == {
        "a": 4,
        "b": 8,
    }


def test_what_asking_costs_is_added_up() -> None:
    """Three rounds at a charge of 2 each come to a charge of 6, of whoever answered them."""
    announcement, bids = auction([20], {"a": [(10, 1.0)], "b": [(11, 1.0)]})
    rounds = ClockRounds(announcement, English(Money(5)), 0)
    record = held(rounds, bids, charge=2)

    assert [answer.charge for answer in rounds.answers] == [2 * len(record)] * 2


def test_silence_is_a_refusal_that_nobody_made() -> None:
    """Who never answers is out after the first price and has no answer in the end."""
    announcement, bids = auction([20], {"a": [(10, 1.0)], "mute": [None]})
    rounds = ClockRounds(announcement, English(Money(5)), 0)
    record = held(rounds, bids)

    assert len(record) == 1
    assert [answer.worker for answer in rounds.answers] == ["a"]


def test_a_bid_above_the_price_accepts_nothing() -> None:
    """A worker that answers a price by a higher one is told by the record that it declined."""
    announcement, bids = auction([20], {"a": [(25, 1.0)]})
    rounds = ClockRounds(announcement, Dutch(Money(5)), 0)
    call = rounds.announcement
    assert call is not None
    told = bids[0].model_copy(update={"announcement": call.announcement})
    while rounds.announcement is not None:
        rounds.take(rounds.close([told], []))

    (answer,) = rounds.answers
    assert (type(answer), answer.task, answer.worker) == (Refusal, TaskId("t0"), WorkerId("a"))


def test_refusals_are_recorded_once() -> None:
    """A rising clock that everybody lets pass many times keeps one refusal of each worker."""
    announcement, bids = auction([20], {"a": [(19, 1.0)], "b": [(25, 1.0)]})
    record = held(ClockRounds(announcement, Dutch(Money(1)), 0), bids)

    assert len(record) == 20
    assert sum(len(closed.refusals) for closed in record) == 2


def test_a_clock_stops_where_its_lot_is_called_off() -> None:
    """The lot that is called off is asked about no more; the clock of the other runs on."""
    announcement, bids = auction([20, 20], {"a": [(3, 1.0)] * 2, "b": [(7, 1.0)] * 2})
    rounds = ClockRounds(announcement, English(Money(4)), 0)
    first, second = announcement.lots
    net = answered(announcement, bids)
    closed = rounds.close(net.bids, net.refusals, {first.task, TaskId("elsewhere")})
    rounds.take(closed)

    assert closed.called_off == (first.task,)
    assert rounds.announcement is not None
    assert [lot.task for lot in rounds.announcement.lots] == [second.task]
    held(rounds, [bid for bid in bids if bid.task == second.task])
    costs = {(one.task, one.cost) for one in rounds.answers if isinstance(one, Bid)}
    assert costs == {(first.task, 20), (second.task, 4), (second.task, 8)}


def test_only_clocks_that_ask_have_rounds() -> None:
    """Sealed bids are the default of the clocks and the only way of the other mechanisms."""
    announcement, _ = auction([20], {"a": [(1, 1.0)]})

    assert clock_rounds(English(Money(1), rounds=True), announcement, 0) is not None
    assert clock_rounds(English(Money(1)), announcement, 0) is None
    assert clock_rounds(Vcg(), announcement, 0) is None
