"""What each worker can still be charged: deposits, less what it owes and what it may come to owe."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping

from protocols.messages import Participant
from protocols.units import Money, WorkerId


class Deposits:
    """The balances of the workers, shared out among announcements that are open at once.

    An announcement is told of a part of each balance and may charge no more than that. The parts of
    open announcements never add up to more than the balance, so awards that overlap cannot make a
    worker owe what it does not have. Announcements close in the order in which they open.

    Args:
        start: What every worker has deposited when the run begins.
        at_once: The most announcements that are open at once.

    >>> ann = Participant(worker=WorkerId("ann"))
    >>> deposits = Deposits(Money(10), at_once=2)
    >>> deposits.pledge([ann]), deposits.pledge([ann])
    ({'ann': 5}, {'ann': 5})
    >>> deposits.note(ann.worker, Money(-5))
    >>> deposits.close()
    >>> deposits.pledge([ann])
    {'ann': 0}
    """

    def __init__(self, start: Money, at_once: int) -> None:
        self._start = start
        self._at_once = at_once
        self._earned: Counter[WorkerId] = Counter()
        self._payable: set[WorkerId] = set()
        self._open: deque[Mapping[WorkerId, Money]] = deque()

    def balance(self, worker: WorkerId) -> Money:
        """Return what a worker has, pledged or not."""
        return Money(self._start + self._earned[worker])

    def pledge(self, participants: Iterable[Participant]) -> Mapping[WorkerId, Money]:
        """Open an announcement; return what it may charge each participant at most."""
        rest = max(self._at_once - len(self._open), 1)
        parts: dict[WorkerId, Money] = {}
        for participant in participants:
            worker = participant.worker
            pledged = sum(earlier.get(worker, 0) for earlier in self._open)
            parts[worker] = Money(max(self.balance(worker) - pledged, 0) // rest)
            if participant.payable:
                self._payable.add(worker)
        self._open.append(parts)
        return parts

    def note(self, worker: WorkerId, payment: Money) -> None:
        """Book a payment; what an outside worker was paid has left and covers nothing."""
        if payment < 0 or worker not in self._payable:
            self._earned[worker] += payment

    def close(self) -> None:
        """Close the oldest announcement: what it may have charged is free again."""
        self._open.popleft()
