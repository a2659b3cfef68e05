"""The two books: what always holds, and what they refuse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestrator.memory.ledger import (
    DEBTS,
    ESCROW,
    MINT,
    TREASURY,
    WORLD,
    Ledger,
    fund,
    hold,
    owe,
    purse,
    spend,
    spent,
)
from protocols.contract import Purpose, Transfer
from protocols.errors import LedgerError
from protocols.units import LARGEST, ZERO, Money

AMOUNTS = st.integers(0, 1000).map(Money)
SIGNED = st.integers(-1000, 1000).map(Money)
WORKERS = st.sampled_from(["ann", "bob"])


class Books(RuleBasedStateMachine):
    """Any sequence of holds, bills, payments and debts, under a budget or without one."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(capped=True)
        self.budget = 0
        self.holds: list[Money] = []
        self.left = 0  # what has gone for good, counted apart
        self.overrun = 0

    @initialize(budget=st.none() | st.integers(0, 2000))
    def open(self, budget: int | None) -> None:
        """Open the books."""
        self.ledger = Ledger(capped=budget is not None)
        self.budget = budget or 0
        self.ledger.apply(fund(Money(self.budget)))

    @rule(amount=AMOUNTS)
    def promise(self, amount: Money) -> None:
        """Hold what there is room for; what there is no room for is refused and changes nothing."""
        before = self.ledger.accounts("cash")
        if self.ledger.has_room(amount):
            self.ledger.apply(hold(amount))
            self.holds.append(amount)
        elif amount:
            with pytest.raises(LedgerError):
                self.ledger.apply(hold(amount))
            assert self.ledger.accounts("cash") == before

    @precondition(lambda self: bool(self.holds))
    @rule(data=st.data(), amount=SIGNED, worker=WORKERS, ours=st.booleans())
    def keep(self, data: st.DataObject, amount: Money, worker: str, *, ours: bool) -> None:
        """End a hold by a bill or a payment, smaller or larger than it, or by a debt."""
        held = self.holds.pop(data.draw(st.integers(0, len(self.holds) - 1)))
        account, purpose = _target(worker, ours=ours)
        self.ledger.apply(spend(held, amount, account, purpose))
        self.left += max(amount, 0)
        self.overrun += max(0, amount - held)

    @rule(amount=SIGNED, worker=WORKERS)
    def reward(self, amount: Money, worker: str) -> None:
        """Credit a worker of ours, or charge it."""
        self.ledger.apply(owe(worker, amount))

    @invariant()
    def balanced(self) -> None:
        """Check that the balances of each book sum to zero."""
        assert self.ledger.sums() == {"cash": 0, "credit": 0}

    @invariant()
    def held(self) -> None:
        """Check that the escrow is what is promised: from zero to the budget."""
        assert self.ledger.held == sum(self.holds) >= 0
        if self.ledger.capped:
            assert self.ledger.held <= self.budget

    @invariant()
    def bounded(self) -> None:
        """Check that spent and held are within the budget, but for costs beyond their holds."""
        assert self.ledger.spending() == self.left
        if self.ledger.capped:
            assert self.left + self.ledger.held <= self.budget + self.overrun
            assert self.ledger.available == self.budget - self.left - self.ledger.held


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=50, stateful_step_count=30)


def _target(worker: str, *, ours: bool) -> tuple[str, Purpose]:
    return (spent(worker), "bill") if ours else (purse(worker), "pay")


@given(held=AMOUNTS, amount=SIGNED)
def test_a_hold_is_always_spent_or_released_in_full(held: Money, amount: Money) -> None:
    """Whatever a hold ends in, nothing of it stays in escrow."""
    ledger = Ledger(capped=False)
    ledger.apply(hold(held))

    ledger.apply(spend(held, amount, purse("ann"), "pay"))

    assert ledger.held == 0
    assert ledger.balance("cash", purse("ann")) == amount


def test_a_hold_that_is_used_in_part_gives_the_rest_back() -> None:
    """Of ten held, four are billed and six are there again."""
    ledger = Ledger(capped=True)
    ledger.apply((*fund(Money(10)), *hold(Money(10))))

    ledger.apply(spend(Money(10), Money(4), spent("ann"), "bill"))

    assert ledger.accounts("cash") == {WORLD: -10, TREASURY: 6, ESCROW: 0, spent("ann"): 4}
    assert ledger.spending() == 4


def test_a_bill_beyond_its_hold_is_paid_and_may_overdraw_the_treasury() -> None:
    """What has been billed has been spent, so the books show it; the next hold is refused."""
    ledger = Ledger(capped=True)
    ledger.apply((*fund(Money(10)), *hold(Money(10))))

    ledger.apply(spend(Money(10), Money(12), spent("ann"), "bill"))

    assert (ledger.available, ledger.spending()) == (-2, 12)
    with pytest.raises(LedgerError, match="the budget has room for -2, not to hold 1"):
        ledger.apply(hold(Money(1)))


def test_a_debt_widens_no_budget() -> None:
    """What an outside worker owes is no cash: it cannot be promised to others."""
    ledger = Ledger(capped=True)
    ledger.apply((*fund(Money(10)), *hold(Money(4))))

    ledger.apply(spend(Money(4), Money(-50), purse("bob"), "pay"))

    assert ledger.available == 10
    assert not ledger.has_room(Money(11))
    assert ledger.balance("cash", purse("bob")) == -50
    assert ledger.balance("cash", DEBTS) == 50


def test_more_than_is_held_cannot_leave_the_escrow() -> None:
    """An escrow below zero is refused, and nothing of that transfer is booked."""
    ledger = Ledger(capped=False)
    ledger.apply(hold(Money(3)))

    with pytest.raises(LedgerError, match="3 are held, not 4 to spent:ann"):
        ledger.apply(spend(Money(4), Money(4), spent("ann"), "bill"))

    assert ledger.held == 3
    assert ledger.sums() == {"cash": 0, "credit": 0}


def test_credit_has_no_cap() -> None:
    """A worker of ours may owe: its balance is a grade, not cash."""
    ledger = Ledger(capped=True)

    ledger.apply(owe("ann", Money(-7)))

    assert ledger.accounts("credit") == {purse("ann"): -7, MINT: 7}


@pytest.mark.parametrize("transfers", [fund(ZERO), hold(ZERO), owe("ann", ZERO)])
def test_nothing_is_no_transfer(transfers: tuple[Transfer, ...]) -> None:
    """A transfer moves something; moving nothing is an empty row of transfers."""
    assert transfers == ()


def test_without_a_cap_the_treasury_shows_what_was_spent() -> None:
    """A run without a budget holds and spends below zero."""
    ledger = Ledger(capped=False)
    ledger.apply(hold(Money(5)))
    ledger.apply(spend(Money(5), Money(3), spent("ann"), "bill"))

    assert (ledger.available, ledger.spending()) == (-3, 3)
    assert ledger.has_room(Money(LARGEST))


def test_a_million_transfers_leave_no_remainder() -> None:
    """Money is an integer: a million thirds are exactly that."""
    ledger = Ledger(capped=False)
    transfers = owe("ann", Money(333_333_333))

    for _ in range(1000):
        ledger.apply(transfers * 1000)

    assert ledger.balance("credit", purse("ann")) == 333_333_333_000_000


def test_the_longest_name_of_a_worker_has_an_account() -> None:
    """A worker's name may have 200 signs, and its accounts are named after it."""
    (transfer,) = owe("w" * 200, Money(1))

    assert transfer.target == purse("w" * 200)


def test_a_batch_of_the_largest_amounts_can_be_held() -> None:
    """What bids on a whole batch may cost is the sum of many amounts of the largest size."""
    assert hold(Money(1000 * LARGEST))[0].amount == 1000 * LARGEST
