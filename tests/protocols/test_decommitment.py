"""Leveled commitment: what each side owes that leaves an award, and what it does to the bids."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.contingent import ContingentVcg
from protocols.decommitment import Cancelled, Withdrawn, with_terms
from protocols.messages import Lot
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from protocols.vickrey import Vickrey
from tests.protocols.auctions import Auction, auction

VALUE, MOST = 32, 24
COSTS = st.integers(8, MOST)
CHANCES = st.sampled_from([0.25, 0.5, 0.75, 1.0])


def test_the_terms_are_a_share_of_each_reserve() -> None:
    """A share is rounded to whole nano-units lot by lot; without one the lots stay as they are."""
    lots = [
        Lot(task=TaskId(f"t{reserve}"), value=Money(100), reserve=Money(reserve))
        for reserve in (0, 5, 10, 100)
    ]

    assert [lot.withdrawal for lot in with_terms(lots, 0.1)] == [0, 0, 1, 10]
    assert [lot.withdrawal for lot in with_terms(lots, 1.0)] == [0, 5, 10, 100]
    assert with_terms(lots, 0.0) == tuple(lots)


def test_terms_that_were_stated_before_are_stated_anew() -> None:
    """A lot that is put up again with a raised reserve owes the share of the new one."""
    lot = Lot(task=TaskId("t"), value=Money(9), reserve=Money(4))
    (before,) = with_terms([lot], 0.5)
    (after,) = with_terms([before.model_copy(update={"reserve": Money(8)})], 0.5)

    assert (before.withdrawal, after.withdrawal) == (2, 4)


def offered(costs: list[tuple[int, float]], owed: int) -> Auction:
    """Return one lot with workers w0, w1, ... whose award may be withdrawn for this amount."""
    rows = {f"w{place}": [each] for place, each in enumerate(costs)}
    announcement, bids = auction([VALUE], rows)
    lots = tuple(lot.model_copy(update={"withdrawal": Money(owed)}) for lot in announcement.lots)
    return announcement.model_copy(update={"lots": lots}), bids


def gain(rule: ContingentVcg | Vickrey, market: Auction, cost: int, chance: float) -> float:
    """Return twice what w0 expects, if every second award is withdrawn before the work begins."""
    announcement, bids = market
    for award in rule.clear(announcement, bids, {}, 0).awards:
        if award.worker == "w0":
            pay, none = award.contract.pay(1.0, Money(0), 0.0), award.contract.pay(0.0, Money(0), 0)
            works = chance * pay + (1.0 - chance) * none - cost
            return works + announcement.lots[0].withdrawal
    return 0.0


@given(
    st.lists(st.tuples(COSTS, CHANCES), min_size=1, max_size=4),
    st.integers(0, 8),
    st.tuples(st.integers(0, MOST), CHANCES),
)
def test_the_price_of_leaving_is_taken_off_the_cost(
    types: list[tuple[int, float]], owed: int, other: tuple[int, float]
) -> None:
    """With chance 1/2 of a withdrawal, cost less q f / (1 - q) = f is a best reply to any bids."""
    cost, chance = types[0]
    best = gain(
        ContingentVcg(lambda _: 0.0),
        offered([(cost - owed, chance), *types[1:]], owed),
        cost,
        chance,
    )
    misreported = gain(
        ContingentVcg(lambda _: 0.0), offered([other, *types[1:]], owed), cost, chance
    )

    assert misreported <= best + 1e-9


@given(st.lists(COSTS, min_size=2, max_size=4, unique=True), st.integers(0, 8))
def test_the_price_of_leaving_changes_no_winner(costs: list[int], owed: int) -> None:
    """Everybody takes the same off, so the cheapest worker wins as it did without the price."""
    plain = offered([(cost, 1.0) for cost in costs], 0)
    priced = offered([(cost - owed, 1.0) for cost in costs], owed)
    before, after = (Vickrey().clear(*market, {}, 0).awards for market in (plain, priced))

    assert [award.worker for award in after] == [award.worker for award in before]


def test_a_task_is_cancelled_once_and_an_award_withdrawn_once() -> None:
    """The keys name the task, and the award, and nothing of when or why."""
    task, name, worker = TaskId("t"), AnnouncementId("a1"), WorkerId("w")
    first = Cancelled(task=task, reason="late", entered=1, announced=0, closed=0)
    again = Cancelled(task=task, reason="wrong", entered=3, announced=2, closed=1)
    withdrawn = Withdrawn(announcement=name, task=task, worker=worker, reason="late")

    assert first.key == again.key == "cancelled\tt"
    assert withdrawn.key == "withdrawn\ta1\tt\tw"
    assert (withdrawn.cost, withdrawn.owed, withdrawn.transfers) == (0, 0, ())
