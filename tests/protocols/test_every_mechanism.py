"""Every mechanism of the catalog keeps what it promises, and does not mind what must not matter."""

from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from protocols.mechanism import Mechanism
from protocols.messages import Bid
from protocols.properties import Setting, expected_surplus, expected_utility, misreports, regret
from protocols.units import Money, WorkerId
from tests.protocols.auctions import Auction, auction, auctions, quadratic
from tests.protocols.examples import EXAMPLES, STEP, scaled

TRUTHFUL = [
    name for name, mechanism in EXAMPLES.items() if mechanism.properties.truthful == "dominant"
]
SINGLE = {"uniform", "mcafee", "budget-feasible"}
"""Mechanisms that claim honesty only for workers that supply one lot."""
ROOMY = [
    name
    for name in TRUTHFUL
    if name not in SINGLE and "no capacity binds" not in EXAMPLES[name].properties.assumptions
]
"""Mechanisms that claim honesty whatever the capacities are."""
DRAWN = {"posted-price", "sortition", "explore"}
"""Mechanisms in which a draw decides, from the seed and the names, and no bid can move it."""
IRONED = {"optimal"}
"""Mechanisms that take bids of different cost for equals, so that a tie is worth something."""
VERIFIED = {"contingent-vcg", "deposit-vcg", "share"}
"""Those that take capacities and pay for success: a claim of too much room only wins failures."""
ROUNDING = {"share": 1, "pay-per-success": 4, "english": STEP, "sequential-pivot": 1, "gsp": 4}
"""What rounding, or one step of a clock, may be worth; elsewhere honesty is best exactly."""
EIGHTHS = [eighth / 8 for eighth in range(9)]


@pytest.mark.parametrize("name", TRUTHFUL)
@settings(max_examples=25)
@given(auctions(lots=1, workers=3, limited=False))
def test_claims_of_honesty_hold(name: str, drawn: Auction) -> None:
    """A mechanism that claims a dominant strategy leaves no misreport a gain above rounding."""
    announcement, bids = drawn
    setting = Setting(EXAMPLES[name], announcement, quadratic)
    for honest in bids[:2]:
        lies = misreports([honest], range(0, 641, 128), EIGHTHS[::2])

        assert regret(setting, bids, {honest.worker}, lies).gain <= ROUNDING.get(name, 0)


@pytest.mark.parametrize("name", [name for name in TRUTHFUL if name not in SINGLE])
@settings(max_examples=12)
@given(auctions(lots=2, workers=3, limited=False))
def test_claims_of_honesty_hold_over_several_lots(name: str, drawn: Auction) -> None:
    """Where the claim does not stop at one lot, no joint lie over two lots gains either."""
    announcement, bids = drawn
    setting = Setting(EXAMPLES[name], announcement, quadratic)
    honest = [bid for bid in bids if bid.worker == bids[0].worker] if bids else []
    lies = misreports(honest, [0, 128, 384], [0.25, 0.75, 1.0])
    found = regret(setting, bids, {bid.worker for bid in honest}, lies)

    assert found.gain <= 2 * ROUNDING.get(name, 0)


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=12)
@given(auctions(lots=1, workers=3, limited=False))
def test_claims_of_participation_hold(name: str, drawn: Auction) -> None:
    """An honest worker expects no loss; where the claim is ex post it has none in any outcome."""
    announcement, bids = drawn
    setting = Setting(EXAMPLES[name], announcement, quadratic)
    costs = {(bid.worker, bid.task): bid.cost for bid in bids}
    for bid in bids:
        loss = -expected_utility(setting, bids, bids, {bid.worker})

        assert loss <= ROUNDING.get(name, 0)
    if EXAMPLES[name].properties.individually_rational == "ex-post":
        for award in setting.clear(bids).awards:
            cost = costs[award.worker, award.task]

            assert award.contract.pay(0.0, cost, 0.0) >= cost


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=12)
@given(auctions(lots=3, workers=3, limited=False), st.randoms(use_true_random=False))
def test_the_order_of_bids_never_matters(name: str, drawn: Auction, shuffler: Random) -> None:
    """Every mechanism gives the same allocation whoever bids first."""
    announcement, bids = drawn
    shuffled = list(bids)
    shuffler.shuffle(shuffled)

    assert EXAMPLES[name].clear(announcement, shuffled, {}, 3) == EXAMPLES[name].clear(
        announcement, bids, {}, 3
    )


@pytest.mark.parametrize("name", ROOMY)
@settings(max_examples=10)
@given(auctions(lots=2, workers=3), st.integers(1, 2))
def test_claims_of_room_gain_nothing(name: str, drawn: Auction, room: int) -> None:
    """A worker that claims less room than it has gains nothing, whatever else it says.

    Where success is verified, claiming more room gains nothing either: what it cannot do fails.
    """
    announcement, bids = drawn
    setting = Setting(EXAMPLES[name], announcement, quadratic)
    own = [bid for bid in bids if bid.worker == "w0"]
    others = [bid for bid in bids if bid.worker != "w0"]
    rooms = {"w0": room}

    def utility(claim: int, report: tuple[Bid, ...]) -> float:
        claimed = setting.claiming("w0", claim)
        return float(expected_utility(claimed, [*others, *report], bids, {"w0"}, rooms))

    honest = utility(room, tuple(own))
    for claim in range(1, 3 if name in VERIFIED else room + 1):
        for lie in [tuple(own), *misreports(own, [0, 384], [0.5])]:
            assert utility(claim, lie) <= honest + 2 * ROUNDING.get(name, 0)


def test_room_that_is_not_there_is_paid_where_nobody_verifies() -> None:
    """VCG on cost alone pays for the work whatever its outcome: capacities must be facts there."""
    announcement, bids = auction([640, 640], {"w0": [(64, 1.0)] * 2, "b": [(320, 1.0)] * 2})
    setting = Setting(EXAMPLES["vcg"], announcement)
    earned = [
        expected_utility(setting.claiming("w0", claim), bids, bids, {"w0"}, {"w0": 1})
        for claim in (1, 2)
    ]

    assert earned == [320 - 64, 320 - 64 + 320]


@pytest.mark.parametrize("name", [*sorted(VERIFIED), "pay-per-success", "sequential-pivot"])
@settings(max_examples=12)
@given(auctions(lots=2, workers=3, limited=False))
def test_the_coordinator_expects_no_loss(name: str, drawn: Auction) -> None:
    """Where success is paid for lot by lot, what honest workers leave of the value is not negative.

    The stake of a proper score is at most zero in expectation, so it only adds.
    """
    announcement, bids = drawn
    setting = Setting(EXAMPLES[name], announcement, quadratic)

    assert expected_surplus(setting, bids, bids) >= -2 * ROUNDING.get(name, 0)


def earnings(mechanism: Mechanism, drawn: Auction, seed: int = 3) -> dict[str, float]:
    """Return what every bidder expects to earn when all are honest, by name."""
    announcement, bids = drawn
    setting = Setting(mechanism, announcement, quadratic, seed=seed)
    names = sorted({bid.worker for bid in bids})
    return {name: float(expected_utility(setting, bids, bids, {name})) for name in names}


@pytest.mark.parametrize("name", [name for name in TRUTHFUL if name not in DRAWN | IRONED])
@settings(max_examples=12)
@given(auctions(lots=2, workers=3, limited=False), st.integers(0, 99))
def test_a_tie_is_not_worth_a_fight(name: str, drawn: Auction, seed: int) -> None:
    """Whatever the seed decides between equals, everybody earns the same."""
    assume(name not in SINGLE or len(drawn[0].lots) == 1)
    first = earnings(EXAMPLES[name], drawn)
    second = earnings(EXAMPLES[name], drawn, seed)

    for worker, earned in first.items():
        assert abs(earned - second[worker]) <= 2 * ROUNDING.get(name, 0)


@pytest.mark.parametrize("name", [name for name in TRUTHFUL if name not in DRAWN | IRONED])
@settings(max_examples=12)
@given(auctions(lots=2, workers=3, limited=False))
def test_names_do_not_matter(name: str, drawn: Auction) -> None:
    """Renaming the workers renames what they earn and changes nothing else."""
    announcement, bids = drawn
    assume(name not in SINGLE or len(announcement.lots) == 1)
    people = [
        member.model_copy(update={"worker": f"x{member.worker[::-1]}"})
        for member in announcement.participants
    ]
    renamed = announcement.model_copy(update={"participants": tuple(people)})
    copies = [bid.model_copy(update={"worker": f"x{bid.worker[::-1]}"}) for bid in bids]
    before = earnings(EXAMPLES[name], drawn)
    after = earnings(EXAMPLES[name], (renamed, copies))

    for worker, earned in before.items():
        assert abs(earned - after[f"x{worker[::-1]}"]) <= 2 * ROUNDING.get(name, 0)


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=12)
@given(auctions(lots=1, workers=4, limited=False))
def test_a_newcomer_worse_than_two_others_changes_nothing(name: str, drawn: Auction) -> None:
    """A worker that asks more than anybody and than the lot is worth, and always fails, moves nobody.

    Two others must be there: the double auction takes its price from the next seller.
    """
    announcement, bids = drawn
    assume(len(bids) > 1)
    most = max(announcement.lots[0].value, *(bid.cost for bid in bids))
    newcomer = bids[0].model_copy(
        update={"worker": WorkerId("z"), "cost": Money(most + 64), "probability": 0.0}
    )
    joined = announcement.model_copy(
        update={
            "participants": (
                *announcement.participants,
                announcement.participants[0].model_copy(update={"worker": WorkerId("z")}),
            )
        }
    )
    before = EXAMPLES[name].clear(announcement, bids, {}, 3)
    after = EXAMPLES[name].clear(joined, [*bids, newcomer], {}, 3)

    assert [(each.worker, each.contract) for each in after.awards] == [
        (each.worker, each.contract) for each in before.awards
    ]


@pytest.mark.parametrize("name", TRUTHFUL)
@settings(max_examples=12)
@example(auction([640], {"w0": [(64, 0.5)], "w1": [(64, 0.5)]}), 4)
@given(auctions(lots=1, workers=3, limited=False), st.integers(0, 7))
def test_a_cheaper_winner_wins_on_the_same_terms(name: str, drawn: Auction, cut: int) -> None:
    """Whoever wins a lot still wins it when it asks for less, and is promised the same.

    On a clock, who drops out together with its last rival gets the price that both accepted, and
    who stays in longer gets the price of the next step.
    """
    announcement, bids = drawn
    for award in EXAMPLES[name].clear(announcement, bids, {}, 3).awards:
        own = next(bid for bid in bids if bid.worker == award.worker)
        cheaper = own.model_copy(update={"cost": Money(own.cost * cut // 8)})
        others = [bid for bid in bids if bid is not own]
        (again,) = EXAMPLES[name].clear(announcement, [*others, cheaper], {}, 3).awards

        step = STEP if name == "english" else 0
        assert again.worker == award.worker
        assert again.contract.base in {award.contract.base, award.contract.base - step}
        assert again.contract == award.contract.model_copy(update={"base": again.contract.base})


@pytest.mark.parametrize(
    "name", [name for name in TRUTHFUL if name not in {*DRAWN, *IRONED, "mcafee"}]
)
@settings(max_examples=12)
@given(auctions(lots=1, workers=3, limited=False))
def test_a_loser_that_asks_for_nothing_wins(name: str, drawn: Auction) -> None:
    """Free and certain work wins against everybody who costs something."""
    announcement, bids = drawn
    for bid in bids:
        others = [other for other in bids if other is not bid]
        if all(other.cost for other in others):
            free = bid.model_copy(update={"cost": Money(0), "probability": 1.0})
            (award,) = EXAMPLES[name].clear(announcement, [*others, free], {}, 3).awards

            assert award.worker == bid.worker


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=12)
@given(auctions(lots=2, workers=3, limited=False), st.integers(2, 50))
def test_the_unit_of_money_does_not_matter(name: str, drawn: Auction, factor: int) -> None:
    """Multiplying every amount, settings included, multiplies what everybody earns."""
    announcement, bids = drawn
    larger = announcement.model_copy(
        update={
            "lots": tuple(
                lot.model_copy(
                    update={"value": lot.value * factor, "reserve": lot.reserve * factor}
                )
                for lot in announcement.lots
            )
        }
    )
    dearer = [bid.model_copy(update={"cost": bid.cost * factor}) for bid in bids]
    before = earnings(EXAMPLES[name], drawn)
    after = earnings(scaled(name, factor), (larger, dearer))

    for worker, earned in before.items():
        assert abs(after[worker] - factor * earned) <= factor * ROUNDING.get(name, 0)
