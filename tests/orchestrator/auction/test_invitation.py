"""Whom the budget lets us ask, and what asking has cost."""

from collections.abc import Sequence

from orchestrator.auction.invitation import Invitation
from orchestrator.market import Market
from orchestrator.memory.budget import Budget
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.ledger import Ledger, fund
from protocols.contract import Transfer
from protocols.events import Announced
from protocols.messages import Announcement, Lot, Refusal
from protocols.units import Money
from tests.orchestrator.journals import FIRST, Kept, lot
from tests.orchestrator.markets import Paced, Queue

LOTS = (lot("t1"), lot("t2").model_copy(update={"excluded": ("ann",)}))


def invitation(
    workers: Sequence[Paced], cash: int | None, *, planned: int | None = None, again: bool = False
) -> tuple[Invitation, Market]:
    """Return an invitation to two lots, from the first of which nobody is excluded."""
    ledger = Ledger(capped=cash is not None)
    ledger.apply(fund(Money(cash or 0)))
    room = planned if planned is not None else cash
    market = Market(
        Chronicle(Kept(), ledger),
        Queue(),
        {worker.name: worker for worker in workers},
        seed=0,
        budget=Budget(None if room is None else Money(room)),
    )
    announcement = Announcement(
        announcement=FIRST,
        number=1,
        lots=LOTS,
        participants=tuple(worker.participant for worker in workers),
    )
    recorded = Announced(announcement=announcement) if again else None
    return Invitation(market, LOTS, recorded), market


def names(found: Invitation) -> list[str]:
    """Return who is invited."""
    return [one.worker for one in found.participants]


def amounts(transfers: Sequence[Transfer], purpose: str) -> list[int]:
    """Return the amounts that moved for a purpose."""
    return [moved.amount for moved in transfers if moved.purpose == purpose]


def test_what_asking_may_cost_is_held_for_the_lots_that_a_worker_is_asked_about() -> None:
    """A lot that excludes the worker costs nothing."""
    found, _ = invitation([Paced("ann", ceiling=10), Paced("bob", ceiling=7), Paced("eve")], None)

    assert names(found) == ["ann", "bob", "eve"]
    assert amounts(found.hold(), "hold") == [10, 14]


def test_who_would_exceed_the_budget_is_left_out() -> None:
    """In the order of the workers; those who cost nothing are always asked."""
    fleet = [
        Paced("ann", ceiling=10),
        Paced("bob", ceiling=7),
        Paced("eve"),
        Paced("kim", ceiling=2),
    ]
    found, _ = invitation(fleet, 15)

    assert names(found) == ["ann", "eve", "kim"]
    assert not found.complete


def test_the_ledger_has_a_say_too() -> None:
    """Calls that were lost in a crash are not in the plan yet, but their money is gone."""
    found, _ = invitation([Paced("ann", ceiling=10)], cash=9, planned=100)

    assert names(found) == []


def test_bills_are_charges_and_ceilings_of_those_who_stay_silent() -> None:
    """One bill for each worker, over all lots that it was asked about."""
    found, _ = invitation([Paced("ann", ceiling=10), Paced("bob", ceiling=7)], None)
    refusal = Refusal(
        announcement=FIRST, task=LOTS[0].task, worker=Paced("bob").name, charge=Money(3)
    )

    assert amounts(found.bill([refusal]), "bill") == [10, 10]
    assert amounts(found.bill([refusal]), "release") == [4]


def test_asking_again_needs_cash_once_more() -> None:
    """What was asked in an earlier process counts as billed; who cannot be paid twice is not asked."""
    found, market = invitation(
        [Paced("ann", ceiling=10), Paced("bob", ceiling=7), Paced("eve")], 20, again=True
    )

    assert list(found.workers()) == ["ann", "eve"]
    assert not market.can_hold(11)
    assert market.can_hold(10)
    assert amounts(found.bill([]), "bill") == [10, 10, 14]
    assert market.can_hold(20)


def test_what_is_held_is_what_there_was_room_for() -> None:
    """A worker is asked once what it may cost, so a second answer cannot exceed the budget."""

    class Rising(Paced):
        asked = 0

        def bid_ceiling(self, lot: Lot) -> Money:
            del lot
            self.asked += 10
            return Money(self.asked)

    found, _ = invitation([Rising("bob")], 30)

    assert amounts(found.hold(), "hold") == [10 + 20]
