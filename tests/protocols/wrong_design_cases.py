"""Instances on which the wrong designs reward a lie: the tests of honesty must reject every one.

Amounts are whole, so the gains are no rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from protocols.mechanism import Mechanism
from protocols.properties import ScoreRule, no_score
from protocols.units import Money
from tests.protocols.auctions import Auction, auction, quadratic
from tests.protocols.wrong_designs import (
    UNIT,
    ChanceBreaksTies,
    ChanceSchedules,
    ConfidentTeam,
    GreedyNextValue,
    GreedyPivots,
    LearnedReserve,
    OldPriceFallback,
    Paid,
    confident_enough,
    expected_value,
    paid_on_reports,
    price_from_own_report,
    score_beside_the_ranking,
    score_on_the_side,
    second_price,
)


@dataclass(frozen=True)
class WrongDesign:
    """A design, the instance that shows what is wrong, and the worker that gains by a lie.

    Attributes:
        mechanism: The design.
        instance: The announcement and the honest bids.
        earns: What the liar earns by the truth, in units of these instances.
        gains: The most that it gains by a lie about cost in whole units and chance in eighths.
        liar: Its name.
        score: The scoring rule that the design pays by.
        right: The name of the mechanism that should have been used.
    """

    mechanism: Mechanism
    instance: Auction
    earns: float
    gains: float
    liar: str = "w"
    score: ScoreRule = field(default=no_score)
    right: str = "contingent-vcg"


# V = 10, c = 3, p = 1/2 against a rival whose score is 1
_PAIR = auction([10 * UNIT], {"w": [(3 * UNIT, 0.5)], "rival": [(4 * UNIT, 0.5)]})
_THREE = auction(
    [10 * UNIT],
    {"w": [(3 * UNIT, 0.5)], "b": [(2 * UNIT, 0.5)], "c": [(6 * UNIT, 0.5)]},
)
_DOUBTFUL = auction([10 * UNIT], {"w": [(1 * UNIT, 0.5)], "b": [(4 * UNIT, 1.0)]})
_TIED = auction([10 * UNIT], {"w": [(3 * UNIT, 0.5)], "b": [(4 * UNIT, 0.75)]})
_WEAK = auction([10 * UNIT], {"w": [(4 * UNIT, 0.5)]})
_TWO_TASKS = auction(
    [10 * UNIT] * 2,
    {
        "w": [(1 * UNIT, 1.0), (2 * UNIT, 1.0)],
        "b": [(2 * UNIT, 1.0), (8 * UNIT, 1.0)],
        "c": [(9 * UNIT, 1.0), (9 * UNIT, 1.0)],
    },
    limits={"w": 1, "b": 1, "c": 1},
)

TEAM = auction(
    [10 * UNIT] * 4,
    {
        "user-1": [(3 * UNIT, 0.7), None, None, None],
        "user-2": [None, (2 * UNIT, 0.7), None, None],
        "user-3": [None, None, (1 * UNIT, 0.5), None],
        "user-4": [None, None, None, (4 * UNIT, 0.8)],
    },
)
"""Four users and a required chance of 0.9, in the setting of Zheng, Yang, Wu and Chen (2017): users 1
and 2 reach 0.91 at a cost of 5."""

HOUSES = ((10, 9, 8, 7, 6), (9, 9, 7, 6, 6), (8, 6, 6, 9, 4), (7, 5, 6, 4, 9))
"""What five buyers would give for four houses, in QuantEcon's "Multiple good allocation mechanisms"."""


def houses() -> Auction:
    """Return the houses as lots of value 10, each buyer's cost being 10 less what it would give."""
    offers = {
        f"buyer-{buyer}": [((10 - row[buyer]) * UNIT, 1.0) for row in HOUSES] for buyer in range(5)
    }
    return auction([10 * UNIT] * 4, offers, limits=dict.fromkeys(offers, 1))


def designs() -> Iterator[tuple[str, WrongDesign]]:
    """Yield each wrong design with its flaw."""
    yield "paid on reports", WrongDesign(Paid(expected_value, paid_on_reports), _PAIR, 1, 5)
    yield (
        "price from the own report",
        WrongDesign(Paid(expected_value, price_from_own_report), _PAIR, 1, 0.5),
    )
    yield (
        "confidence threshold",
        WrongDesign(Paid(confident_enough, second_price), _DOUBTFUL, 0, 3),
    )
    yield (
        "confidence threshold of a team",
        WrongDesign(ConfidentTeam(), TEAM, 0, 4, liar="user-3", right="joint-value"),
    )
    yield (
        "score on the side",
        WrongDesign(
            Paid(expected_value, score_on_the_side(25)), _PAIR, 7.25, 0.9375, score=quadratic
        ),
    )
    yield (
        "score beside the ranking",
        WrongDesign(
            Paid(expected_value, score_beside_the_ranking), _WEAK, -0.25, 0.25, score=quadratic
        ),
    )
    price = Money(6 * UNIT)
    yield "chance breaks ties", WrongDesign(ChanceBreaksTies(price), _TIED, 0, 3)
    yield (
        "chance schedules the attempts",
        WrongDesign(ChanceSchedules(Money(8 * UNIT)), _TIED, 0.25, 0.75),
    )
    yield "greedy pivots", WrongDesign(GreedyPivots(), _TWO_TASKS, 2, 5)
    yield "fallback at the old price", WrongDesign(OldPriceFallback(), _THREE, 0, 1)
    yield "reserve from the own bid", WrongDesign(LearnedReserve(), _DOUBTFUL, 1, 2)
    yield "greedy next value", WrongDesign(GreedyNextValue(), _TWO_TASKS, 1, 6)


WRONG_DESIGNS = dict(designs())
"""Each wrong design by its flaw."""
