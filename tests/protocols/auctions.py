"""Builds auctions for the tests in one line each."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

NAME = AnnouncementId("a1")

Offered = tuple[int, float]
"""A cost and a probability."""

Auction = tuple[Announcement, list[Bid]]


def auction(
    values: Sequence[int],
    offers: Mapping[str, Sequence[Offered | None]],
    *,
    reserves: Sequence[int] | None = None,
    limits: Mapping[str, int] | None = None,
) -> Auction:
    """Return an announcement of tasks t0, t1, ... and each worker's bids, ``None`` for no bid."""
    limits = limits or {}
    lots = tuple(
        Lot(task=TaskId(f"t{index}"), value=Money(value), reserve=Money(reserve))
        for index, (value, reserve) in enumerate(zip(values, reserves or values, strict=True))
    )
    announcement = Announcement(
        announcement=NAME,
        number=1,
        lots=lots,
        participants=tuple(
            Participant(worker=WorkerId(worker), capacity=limits.get(worker)) for worker in offers
        ),
    )
    bids = [
        Bid(
            announcement=NAME,
            task=lot.task,
            worker=WorkerId(worker),
            cost=Money(offer[0]),
            probability=offer[1],
        )
        for worker, row in offers.items()
        for lot, offer in zip(lots, row, strict=True)
        if offer is not None
    ]
    return announcement, bids


def honest_score(report: float) -> float:
    """Return G(p) = -p (1 - p) of the quadratic score."""
    return -report * (1.0 - report)


def quadratic(report: float, success: float) -> float:
    """Return S(p, x) = -(x - p)^2 of the quadratic score, linear in x."""
    return success * -((1.0 - report) ** 2) + (1.0 - success) * -(report**2)


@st.composite
def auctions(
    draw: st.DrawFn,
    *,
    lots: int = 3,
    workers: int = 3,
    value: int = 640,
    most: int = 480,
    limited: bool = True,
) -> Auction:
    """Draw auctions full of ties whose scores are whole numbers.

    Probabilities are eighths and every amount is a multiple of 64, so that V p and any stake times
    a quadratic score need no rounding.
    """
    names = [f"w{index}" for index in range(draw(st.integers(1, workers)))]
    count = draw(st.integers(1, lots))
    amounts = st.integers(0, most // 64).map(lambda amount: amount * 64)
    offer = st.none() | st.tuples(amounts, st.integers(0, 8).map(lambda eighths: eighths / 8))
    offers = {name: draw(st.lists(offer, min_size=count, max_size=count)) for name in names}
    limits = {
        name: draw(st.integers(1, count)) for name in names if limited and draw(st.booleans())
    }
    values = draw(st.lists(st.sampled_from([value // 2, value]), min_size=count, max_size=count))
    return auction(values, offers, limits=limits)
