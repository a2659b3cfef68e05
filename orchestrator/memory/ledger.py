"""Two double-entry books, folded from the transfers that the events carry.

    cash    world --fund--> treasury --hold--> escrow --bill--> spent:WORKER, planning, judging
                                               escrow --pay---> worker:WORKER
                                               escrow --release--> treasury
                                               worker:WORKER --penalty--> debts
    credit  mint --reward--> worker:WORKER --penalty--> mint

Cash is what leaves your pocket: the bills of workers that you run yourself, the pay of outside
ones. Credit is what the mechanism owes workers that you run yourself. In each book the balances
sum to zero after every event. What an outside worker owes is no cash until it pays, so it widens no
budget.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from protocols.contract import Book, Purpose, Transfer
from protocols.errors import LedgerError
from protocols.units import ZERO, Money

WORLD, TREASURY, ESCROW, DEBTS, MINT = "world", "treasury", "escrow", "debts", "mint"
PLANNING = "planning"
"""The account of what planners have cost."""
JUDGING = "judging"
"""The account of what verdicts have cost."""


def spent(worker: str) -> str:
    """Name the account of the bills that a worker of ours has caused."""
    return f"spent:{worker}"


def purse(worker: str) -> str:
    """Name the account of what a worker has been paid or owes."""
    return f"worker:{worker}"


class Ledger:
    """The balances of a run.

    Args:
        capped: Whether a budget caps the cash; without one the treasury may go below zero, so
            that it shows what was spent.

    >>> ledger = Ledger(capped=True)
    >>> ledger.apply([Transfer(book="cash", source="world", target="treasury",
    ...                        amount=Money(5), purpose="fund")])
    >>> ledger.available, ledger.sums()
    (5, {'cash': 0, 'credit': 0})
    """

    __slots__ = ("_balances", "capped")

    def __init__(self, *, capped: bool) -> None:
        self.capped = capped
        self._balances: dict[Book, defaultdict[str, int]] = {
            "cash": defaultdict(int),
            "credit": defaultdict(int),
        }

    def apply(self, transfers: Iterable[Transfer]) -> None:
        """Book transfers, in their order.

        Raises:
            LedgerError: If the escrow would go below zero, or a hold exceeds the budget: more
                would be paid or promised than is there. That transfer is not booked.
        """
        for transfer in transfers:
            amount, accounts = transfer.amount, self._balances[transfer.book]
            if transfer.source == ESCROW and accounts[ESCROW] < amount:
                raise LedgerError(f"{accounts[ESCROW]} are held, not {amount} to {transfer.target}")
            if transfer.purpose == "hold" and not self.has_room(amount):
                raise LedgerError(f"the budget has room for {self.available}, not to hold {amount}")
            accounts[transfer.source] -= amount
            accounts[transfer.target] += amount

    def balance(self, book: Book, account: str) -> Money:
        """Return the balance of an account, zero if it was never used."""
        return Money(self._balances[book].get(account, 0))

    def accounts(self, book: Book) -> Mapping[str, int]:
        """Return a copy of all balances of one book."""
        return dict(self._balances[book])

    def sums(self) -> dict[Book, int]:
        """Return the sum of all balances of each book, which is zero."""
        return {book: sum(accounts.values()) for book, accounts in self._balances.items()}

    @property
    def available(self) -> Money:
        """The cash that is neither spent nor held."""
        return self.balance("cash", TREASURY)

    @property
    def held(self) -> Money:
        """The cash that is promised and not yet spent."""
        return self.balance("cash", ESCROW)

    def has_room(self, amount: Money) -> bool:
        """Whether the budget has room for holding this amount."""
        return not self.capped or amount <= self.available

    def spending(self) -> Money:
        """Return the cash that has left the treasury for good."""
        cash = self._balances["cash"]
        return Money(-cash[WORLD] - cash[TREASURY] - cash[ESCROW])


def hold(amount: Money) -> tuple[Transfer, ...]:
    """Promise cash: the transfers that put it into escrow."""
    return _cash(TREASURY, ESCROW, amount, "hold")


def spend(held: Money, amount: Money, account: str, purpose: Purpose) -> tuple[Transfer, ...]:
    """End a hold: the amount goes to the account and the rest back to the treasury.

    What exceeds the hold is taken from the treasury, for it has been spent already; a negative
    amount is a debt of the account.
    """
    covered = Money(min(held, max(amount, ZERO)))
    return (
        *_cash(ESCROW, account, covered, purpose),
        *_cash(TREASURY, account, Money(amount - covered), purpose),
        *_cash(account, DEBTS, Money(-amount), "penalty"),
        *_cash(ESCROW, TREASURY, Money(held - covered), "release"),
    )


def billed(transfers: Iterable[Transfer]) -> Money:
    """Return how much of the transfers is bills.

    >>> billed(spend(Money(5), Money(3), PLANNING, "bill"))
    3
    """
    return Money(sum(each.amount for each in transfers if each.purpose == "bill"))


def owe(worker: str, amount: Money) -> tuple[Transfer, ...]:
    """Credit a worker of ours with what the mechanism owes it, or charge it when negative."""
    if amount > 0:
        return (_transfer("credit", MINT, purse(worker), amount, "reward"),)
    if amount < 0:
        return (_transfer("credit", purse(worker), MINT, Money(-amount), "penalty"),)
    return ()


def fund(amount: Money) -> tuple[Transfer, ...]:
    """Give the run its budget."""
    return _cash(WORLD, TREASURY, amount, "fund")


def _cash(source: str, target: str, amount: Money, purpose: Purpose) -> tuple[Transfer, ...]:
    return (_transfer("cash", source, target, amount, purpose),) if amount > 0 else ()


def _transfer(book: Book, source: str, target: str, amount: Money, purpose: Purpose) -> Transfer:
    return Transfer(book=book, source=source, target=target, amount=amount, purpose=purpose)
