"""Builds bids on bundles for the tests."""

from hypothesis import strategies as st

from protocols.bundles import BundleBid
from protocols.units import Money, TaskId, WorkerId


def bundle(worker: str, tasks: str, cost: int, *chances: float) -> BundleBid:
    """Return a bid of one worker on the tasks with these numbers; chances of 1 if left out."""
    return BundleBid(
        worker=WorkerId(worker),
        tasks=tuple(TaskId(f"t{number}") for number in tasks),
        cost=Money(cost),
        probabilities=chances or (1.0,) * len(tasks),
    )


AMOUNT = st.integers(0, 6).map(lambda amount: amount * 64)
EIGHTH = st.integers(0, 8).map(lambda eighths: eighths / 8)


@st.composite
def able(draw: st.DrawFn, worker: str) -> list[BundleBid]:
    """Draw all that a worker could do of two tasks; more work never costs it less.

    Amounts are multiples of 64 and chances eighths, so that nothing needs rounding.
    """
    first, second, more = draw(AMOUNT), draw(AMOUNT), draw(AMOUNT)
    one, other = draw(EIGHTH), draw(EIGHTH)
    return [
        bundle(worker, "0", first, one),
        bundle(worker, "1", second, other),
        bundle(worker, "01", max(first, second) + more, one, other),
    ]
