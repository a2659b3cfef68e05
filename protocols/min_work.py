"""Min-work: unrelated machines, each task to the one that does it with the least work."""

from collections import Counter
from collections.abc import Sequence

from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.units import Money, WorkerId
from protocols.vickrey import Vickrey


class MinWork:
    """A Vickrey auction per task, read as scheduling (`min-work`).

    A bid's cost is the worker's time for the task. Every task goes to the fastest worker, paid the
    second lowest time or the reserve.

    Guarantee: the true time is a dominant strategy, nobody is paid less than its time, the total
    work is the least possible, and the makespan (see ``makespan``) is at most n times the best one
    for n workers, which no truthful mechanism can improve on in the worst case.

    Assumptions: as for ``vickrey``; a worker does its tasks one after the other.

    Source: Nisan and Ronen (2001); that n is optimal: Christodoulou, Koutsoupias and
    Kovacs (2023).
    """

    name = "min-work"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=True,
        assumptions=(
            "private costs",
            "the reserve does not depend on the bids",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Nisan and Ronen 2001",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every task alone; see the class.

        Raises:
            MechanismError: If a capacity binds.
        """
        allocation = Vickrey().clear(announcement, bids, standings, seed)
        return allocation.model_copy(update={"mechanism": self.name})


def makespan(allocation: Allocation, bids: Sequence[Bid]) -> Money:
    """Return the time at which the busiest worker has done all its tasks."""
    times = {(bid.worker, bid.task): bid.cost for bid in bids}
    busy: Counter[WorkerId] = Counter()
    for award in allocation.awards:
        busy[award.worker] += times[award.worker, award.task]
    return Money(max(busy.values(), default=0))
