"""The cash that may still be committed: counted at fixed points of the run, whatever the timing."""

from protocols.units import Money


class Budget:
    """How much cash the next announcement may commit.

    An announcement takes out the most that it can cost when it is decided, and gives back what it
    has not spent when it closes. Decisions and closings come in one order, so the count is the same
    in every process that goes through the run. The ledger, which follows every event as it comes,
    never has less room than this, unless a worker was billed more than was held for it.

    Args:
        cash: The budget, or ``None`` for no cap.
        heir: The budget of a run that goes on from this one; what is taken here is taken there too.

    >>> budget = Budget(Money(10))
    >>> budget.take(8)
    >>> budget.has_room(3), budget.has_room(2)
    (False, True)
    """

    __slots__ = ("_free", "_heir")

    def __init__(self, cash: Money | None = None, heir: "Budget | None" = None) -> None:
        self._free, self._heir = cash, heir

    @property
    def capped(self) -> bool:
        """Whether there is a cap."""
        return self._free is not None

    def has_room(self, amount: int) -> bool:
        """Whether this amount may be committed."""
        return self._free is None or amount <= self._free

    def take(self, amount: int) -> None:
        """Commit an amount; a negative one is given back."""
        if self._free is not None:
            self._free = Money(self._free - amount)
        if self._heir is not None:
            self._heir.take(amount)
